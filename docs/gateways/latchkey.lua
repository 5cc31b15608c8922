-- Asks Latchkey whether a token still lives, which HAProxy has found to be good: whether it is revoked, and whose it is.
-- Leaves the status in txn.latchkey_status (0: no answer) and the caller in txn.latchkey_subject, _client, _roles, _scopes, _session.
-- An answer is believed for LATCHKEY_SECONDS at most, which is how long a revoked token may live.
local url = os.getenv("LATCHKEY_URL") .. "/api/auth/verify"
local seconds = tonumber(os.getenv("LATCHKEY_SECONDS"))
local names = { "subject", "client", "roles", "scopes", "session" }
local known, began = {}, 0

local function ask(token, request_id, address)
  local answer = core.httpclient():get{
    url = url,
    headers = {
      authorization = { "Bearer " .. token },
      ["x-request-id"] = { request_id },
      ["x-forwarded-for"] = { address },
    },
    timeout = 2000,
  }
  local caller = { status = answer and answer.status or 0 }
  for _, name in ipairs(names) do
    local values = answer and answer.headers and answer.headers["x-auth-" .. name]
    caller[name] = values and values[0] or ""
  end
  return caller
end

core.register_action("latchkey_verify", { "http-req" }, function(txn)
  local token = txn:get_var("txn.token")
  local now = core.now().sec
  -- All answers go at once, so that the table stays small and none is older than that.
  if now - began >= seconds or now < began then
    known, began = {}, now
  end
  local answers = known
  local caller = answers[token]
  if not caller then
    caller = ask(token, txn:get_var("txn.request_id"), txn.sf:src())
    -- Into the table there was when it was asked, which may have gone meanwhile. A refusal of the token is kept, too, so that
    -- a flood of it does not reach Latchkey; anything else is asked for again.
    if caller.status == 204 or caller.status == 401 or caller.status == 403 then
      answers[token] = caller
    end
  end
  txn:set_var("txn.latchkey_status", caller.status)
  for _, name in ipairs(names) do
    txn:set_var("txn.latchkey_" .. name, caller[name])
  end
end)
