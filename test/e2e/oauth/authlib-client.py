# A client by Authlib. Reads {"issuer", "client_id", "secret", "redirect_uri", "cookie", "scope", "claims"} and says what it got.
import json
import sys

import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebKey, jwt
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url

asked = json.load(sys.stdin)
metadata = OpenIDProviderMetadata(requests.get(get_well_known_url(asked["issuer"], external=True)).json())
metadata.validate()

session = OAuth2Session(
    asked["client_id"],
    asked["secret"],
    scope=asked["scope"],
    redirect_uri=asked["redirect_uri"],
    code_challenge_method="S256",
    token_endpoint_auth_method="client_secret_basic",
)
verifier = "v" * 64
url, state = session.create_authorization_url(
    metadata["authorization_endpoint"], code_verifier=verifier, nonce="of-python"
)
sent = requests.get(url, headers={"Cookie": asked["cookie"]}, allow_redirects=False)
token = dict(
    session.fetch_token(
        metadata["token_endpoint"],
        authorization_response=sent.headers["Location"],
        state=state,
        code_verifier=verifier,
    )
)

keys = JsonWebKey.import_key_set(requests.get(metadata["jwks_uri"]).json())
claims = jwt.decode(
    token["id_token"],
    keys,
    claims_cls=CodeIDToken,
    claims_options={"iss": {"essential": True, "value": asked["issuer"]}, "aud": {"value": asked["client_id"]}},
    claims_params={"nonce": "of-python", "client_id": asked["client_id"], "access_token": token["access_token"]},
)
claims.validate()
userinfo = session.get(metadata["userinfo_endpoint"]).json()


def introspected():
    answer = session.introspect_token(metadata["introspection_endpoint"], token=token["access_token"])
    return answer.json()


before = introspected()
refreshed = session.refresh_token(metadata["token_endpoint"], refresh_token=token["refresh_token"])
session.revoke_token(metadata["revocation_endpoint"], token=refreshed["refresh_token"])

own = OAuth2Session(asked["client_id"], asked["secret"], token_endpoint_auth_method="client_secret_basic")
own_token = own.fetch_token(metadata["token_endpoint"], grant_type="client_credentials")
own_claims = own.introspect_token(metadata["introspection_endpoint"], token=own_token["access_token"]).json()

json.dump(
    {
        "claims": dict(claims),
        "userinfo": userinfo,
        "before": before,
        "refreshed": refreshed["access_token"] != token["access_token"],
        "after": introspected(),
        "own": own_claims,
    },
    sys.stdout,
)
