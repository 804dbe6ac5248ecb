"""The historical notebooks through the SDK's signer, temporary keys, and errors."""
from huaweicloudsdkmodelarts.v1 import *
from notebooks import new_notebook
from pools import new_pool

INSTANCES = "/v1/{project_id}/demanager/instances"
NOWHERE = "00000000-0000-4000-8000-000000000000"


def historical(c):
    body = {"name": "old", "profile_id": "Multi-Engine 1.0 (python3)-cpu", "flavor": "modelarts.vm.cpu.2u",
            "description": "from the signer", "spec": {"storage": {"type": "evs", "location": {"volume_size": 5}}}}
    made = c.plain("POST instances", "POST", INSTANCES, body=body,
                   want={"name": "old", "status": "CREATING"}, save={"instance": ["id"]})
    c.expect("the id is of the historical form", made["id"].startswith("DE-"), made["id"])
    one = INSTANCES + "/" + made["id"]
    c.advance(120)
    c.plain("GET instances", "GET", INSTANCES, [("de_type", "Notebook"), ("limit", "10")],
            want={"total_count": 1, "instances": [{"id": made["id"]}]})
    c.plain("GET instance", "GET", one, want={"status": "RUNNING", "spec": {"annotations": {"url": str}}})
    c.plain("PUT instance", "PUT", one, body={"description": "changed"}, want={"description": "changed"})
    c.plain("GET token", "GET", one + "/token", want={"token": str})
    for action, status, after in (("stop", "STOPPING", "STOPPED"), ("start", "STARTING", "RUNNING"),
                                  ("restart", "RESTARTING", "RUNNING"), ("stop", "STOPPING", "STOPPED")):
        c.plain("POST action " + action, "POST", one + "/action", body={"action": action},
                want={"current_status": status, "previous_state": str})
        c.advance(60)
        c.plain("GET instance", "GET", one, want={"status": after})
    c.plain("DELETE instance", "DELETE", one, want={"instance_id": made["id"]})
    c.advance(60)
    # The SDK reads error_msg, and these answers have error_message: its code is the status.
    c.error("GET instance", _sent("GET", one), 400, "400", answered="ModelArts.6309")


def _sent(method, path):
    def send(client):
        request = client.build_future_request(method, path, {"project_id": client.get_credentials().project_id}, [], {},
                                              None, None, None, None, {}, None).result()
        client._do_http_request_sync(request)
    return send


def keys(c):
    """Temporary keys, wrong keys, a key without its security token, and another user's keys."""
    temporary = c.client("TEMPORARY")
    c.call("list_pools", ListPoolsRequest(), {"items": []}, by=temporary)
    made = c.call("create_notebook", new_notebook("temporary"), {"status": "CREATING", "user_id": str},
                  by=temporary, save={"notebook": ["id"]})
    c.call("list_notebooks", ListNotebooksRequest(limit=10), {"data": [{"id": made.id}]})
    c.call("list_notebooks", ListNotebooksRequest(limit=10, name="tempo rary/é~*"), {"data": []}, by=temporary)
    wrong = c.client("OPS", sk="wrong")
    c.error("list_pools", ListPoolsRequest(), 401, "APIGW.0301", by=wrong, record=False)
    half = c.client("TEMPORARY")
    half.get_credentials().security_token = None
    c.error("list_pools", ListPoolsRequest(), 401, "APIGW.0301", by=half, record=False)
    c.call("list_pools", ListPoolsRequest(), {"items": []})


def errors(c):
    c.error("show_notebook", ShowNotebookRequest(id=NOWHERE), 400, "ModelArts.6404")
    c.error("show_lease", ShowLeaseRequest(id=NOWHERE), 400, "ModelArts.6404")
    c.error("renew_lease", RenewLeaseRequest(id=NOWHERE, duration=3600000), 400, "ModelArts.6404")
    c.error("list_notebooks", ListNotebooksRequest(limit=7), 400, "ModelArts.6400")
    c.error("create_notebook", new_notebook("x", image_id=NOWHERE), 400, "ModelArts.6797")
    c.error("create_notebook", new_notebook("x", flavor="none"), 400, "ModelArts.6870")
    c.error("create_notebook", new_notebook("x", volume=None), 400, "ModelArts.6400")
    c.error("create_notebook", new_notebook("x", workspace_id="9" * 32), 400, "ModelArts.0102")
    c.error("create_pool", new_pool("Bad Name"), 400, "ModelArts.50004000")
    c.error("patch_pool", PatchPoolRequest(pool_name="none", body=PoolUpdateRequest()), 404, "ModelArts.50015001")
    _unavailable(c)
    c.control("faults", [{"operation": "pools.list", "kind": "throttle", "retryAfter": 1}])
    c.error("list_pools", ListPoolsRequest(), 429, "429", answered="APIGW.0308")
    c.control("faults", [{"operation": "pools.list", "kind": "throttle", "retryAfter": 1}], record=False)
    patient = c.client("OPS", retries=3)
    c.call("list_pools", ListPoolsRequest(), {"items": []}, by=patient)
    c.control("faults", [{"operation": "pools.list", "kind": "status", "status": 500,
                          "body": {"json": {"error_code": "ModelArts.0010", "error_msg": "internal"}}}])
    c.error("list_pools", ListPoolsRequest(), 500, "ModelArts.0010")


def _unavailable(c):
    c.control("behavior", {"unavailable": {"orders.*": "missing", "currentNotebooks.listAll": "forbidden"}})
    c.error("show_order", ShowOrderRequest(order_name="o"), 404, "APIGW.0101")
    c.error("list_all_notebooks", ListAllNotebooksRequest(), 403, "ModelArts.0108")
    c.control("behavior", {"unavailable": {}, "tenantIsolation": True})
    made = c.call("create_notebook", new_notebook("mine"), save={"notebook": ["id"]})
    neighbour = c.client("NEIGHBOUR")
    c.call("list_notebooks", ListNotebooksRequest(limit=10), {"data": []}, by=neighbour)
    c.error("show_notebook", ShowNotebookRequest(id=made.id), 403, "ModelArts.6407", by=neighbour)
    c.control("behavior", {"tenantIsolation": False})
