"""Calls the service of the tests by grpcio, with serializers written by hand: method, address and token as arguments.
Prints what it was answered as JSON."""
import json
import sys
import grpc


def encode(text):
    data = text.encode()
    return bytes([0x0A, len(data)]) + data


def decode(message):
    return message[2:].decode()


address, method, token = sys.argv[1:4]
metadata = [("authorization", "Bearer " + token)] if token else []
with grpc.insecure_channel(address) as channel:
    path = "/orders.Orders/" + method
    try:
        if method == "Chat":
            call = channel.stream_stream(path, request_serializer=encode, response_deserializer=decode)
            answer = list(call(iter(["a", "b"]), metadata=metadata, timeout=10))
        elif method == "Watch":
            call = channel.unary_stream(path, request_serializer=encode, response_deserializer=decode)
            answer = []
            for text in call("", metadata=metadata, timeout=10):
                answer.append(text)
                print(json.dumps({"began": text}), flush=True)
        else:
            call = channel.unary_unary(path, request_serializer=encode, response_deserializer=decode)
            answer = call("python", metadata=metadata, timeout=10)
        print(json.dumps({"answer": answer}))
    except grpc.RpcError as error:
        trailing = dict(error.trailing_metadata() or ())
        details = trailing.get("grpc-status-details-bin", b"")
        print(
            json.dumps(
                {
                    "status": error.code().name,
                    "code": trailing.get("latchkey-code"),
                    "details": error.details(),
                    "info": b"google.rpc.ErrorInfo" in details,
                }
            )
        )
