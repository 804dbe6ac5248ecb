"""Networks, flavors, quotas, pools, nodes, orders and events."""
from huaweicloudsdkmodelarts.v1 import *

FLAVOR = "modelarts.vm.cpu.8ud"
NETWORK = "network-7a3e-0123456789abcdef0123456789abcdef"
# The samples of the pages have lists where the model has one object (docs/api/pools-and-flavors.md, section 2.8).
COUNTS = tuple("%sstatus.resources.%s" % (at, state) for at in ("", "items[].")
               for state in ("creating", "available", "abnormal", "deleting"))


def new_pool(name, scope=("Train", "Notebook"), count=2):
    return CreatePoolRequest(body=CreatePoolRequestBody(
        api_version="v2", kind="Pool",
        metadata=PoolMetadataCreation(
            labels=PoolLabelsCreation(os_modelarts_name=name, os_modelarts_workspace_id="0"),
            annotations=PoolAnnotationsCreation(os_modelarts_description="from the SDK", os_modelarts_billing_mode="0"),
        ),
        spec=PoolSpecCreation(
            type="Dedicate", scope=list(scope), network=PoolSpecCreationNetwork(name=NETWORK),
            resources=[PoolResourceFlavor(flavor=FLAVOR, count=count, max_count=count)],
        ),
    ))


def running_pool(c, name, **options):
    """Creates a pool and waits until all of it is usable."""
    created = c.call("create_pool", new_pool(name, **options), save={"pool": ["metadata", "name"]}, known=COUNTS)
    c.advance(600)
    return created.metadata.name


def networks(c):
    body = NetworkCreationRequest(
        api_version="v1", kind="Network",
        metadata=NetworkMetadataCreation(labels=NetworkMetadataLabels(
            os_modelarts_name="contract", os_modelarts_workspace_id="0")),
        spec=NetworkSpec(cidr="10.1.0.0/16"),
    )
    made = c.call("create_network", CreateNetworkRequest(body=body),
                  {"kind": "Network", "spec": {"cidr": "10.1.0.0/16"}}, save={"network": ["metadata", "name"]})
    name = made.metadata.name
    c.advance(60)
    c.call("show_network", ShowNetworkRequest(network_name=name),
           {"metadata": {"name": name}, "status": {"phase": "Active"}})
    c.call("list_networks", ListNetworksRequest(), {"items": lambda rows: [
        row["metadata"]["name"] for row in rows if row["metadata"]["labels"]["os.modelarts/name"] == "contract"] == [name]})
    c.call("list_networks", ListNetworksRequest(label_selector="os.modelarts/name=contract"),
           {"items": [{"metadata": {"name": name}}]})
    c.call("delete_network", DeleteNetworkRequest(network_name=name), {"metadata": {"name": name}})
    c.advance(60)
    c.error("show_network", ShowNetworkRequest(network_name=name), 404, "ModelArts.50025001")


def catalogue(c):
    page = c.call("list_resource_flavors", ListResourceFlavorsRequest(limit=5), {
        "metadata": {"continue": str, "remainingItemCount": int}, "kind": str, "items": lambda rows: all(
        row["metadata"]["name"] and row["spec"]["type"] in ("Dedicate", "Logical") and row["status"]["phase"]
        for row in rows)}, save={"next": ["metadata", "continue"]})
    c.call("list_resource_flavors", ListResourceFlavorsRequest(_continue=page.metadata._continue, limit=500),
           {"items": lambda rows: rows[0]["metadata"]["name"] != page.items[0].metadata.name})
    # Numbers in the samples, texts in the model.
    c.call("show_os_quota", ShowOsQuotaRequest(), {"quotas": {"resources": [{"type": "pool"}, {"type": "network"}]}},
           known=("quotas.resources[].quota", "quotas.resources[].used"))
    c.call("list_workspace", ListWorkspaceRequest(), {"workspaces": lambda rows: "0" in [row["id"] for row in rows]})


def pools(c):
    networks(c)
    catalogue(c)
    made = c.call("create_pool", new_pool("contract"), {
        "kind": "Pool",
        "metadata": {"labels": {"os.modelarts/name": "contract", "os.modelarts/order.name": str}},
        "spec": {"scope": ["Train", "Notebook"], "resources": [{"flavor": FLAVOR, "count": 2}]},
    }, save={"pool": ["metadata", "name"], "order": ["metadata", "labels", "os.modelarts/order.name"]}, known=COUNTS)
    name, order = made.metadata.name, made.metadata.labels.os_modelarts_order_name
    c.advance(5)
    c.call("show_pool", ShowPoolRequest(pool_name=name), {"status": {"phase": "Creating"}}, known=COUNTS)
    c.call("show_pool_statistics", ShowPoolStatisticsRequest(workspace_id="0"),
           {"statistics": {"status": {"creating": 1, "created": 0}}})
    c.advance(600)
    c.call("show_pool", ShowPoolRequest(pool_name=name), {
        "metadata": {"name": name, "annotations": {"os.modelarts/description": "from the SDK"}},
        "status": {"phase": "Running", "scope": [{"state": "Enabled"}, {"state": "Enabled"}]},
    }, known=COUNTS)
    c.call("list_pools", ListPoolsRequest(workspace_id="0", status="created"),
           {"kind": "PoolList", "items": [{"metadata": {"name": name}}]}, known=COUNTS)
    c.call("list_pools", ListPoolsRequest(label_selector="os.modelarts/name=contract"),
           {"items": [{"metadata": {"name": name}}]}, known=COUNTS)
    c.call("list_pool_nodes", ListPoolNodesRequest(pool_name=name), {"items": [
        {"spec": {"flavor": FLAVOR}, "status": {"phase": "Available", "privateIp": str, "az": str}}] * 2})
    c.call("show_pool_statistics", ShowPoolStatisticsRequest(), {"statistics": {"status": {"creating": 0, "created": 1}}})
    orders(c, name, order)
    patches(c, name)
    c.call("list_events", ListEventsRequest(resource="pools", name=name, limit=100),
           {"items": lambda rows: any(row["reason"] == "PoolStatusChange" for row in rows)})
    removal(c, name)


def patches(c, name):
    change = PoolUpdateRequest(metadata=PoolMetadataUpdate(
        annotations=PoolMetadataUpdateAnnotations(os_modelarts_description="renamed")))
    # The SDK sends application/json, which the pages do not allow.
    c.error("patch_pool", PatchPoolRequest(pool_name=name, body=change), 400, "ModelArts.50004100")
    c.control("behavior", {"patchNeedsMergeType": False})
    c.call("patch_pool", PatchPoolRequest(pool_name=name, body=change),
           {"metadata": {"annotations": {"os.modelarts/description": "renamed"}}}, known=COUNTS)
    grow = PoolUpdateRequest(spec=PoolSpecUpdate(resources=[PoolSpecUpdateResources(flavor=FLAVOR, count=3)]))
    c.call("patch_pool", PatchPoolRequest(pool_name=name, body=grow),
           {"spec": {"resources": [{"flavor": FLAVOR, "count": 3}]}}, known=COUNTS)
    c.advance(600)
    # The service ignores the limit (docs/api/pools-and-flavors.md, section 2.5).
    c.call("list_pool_nodes", ListPoolNodesRequest(pool_name=name, limit=2), {"items": [{}, {}, {}]})
    # A region may answer as the model says.
    c.control("behavior", {"statusResourcesAsObject": True})
    c.call("show_pool", ShowPoolRequest(pool_name=name),
           {"status": {"resources": {"available": {"flavor": FLAVOR, "count": 3}}}})
    c.control("behavior", {"statusResourcesAsObject": False})


def removal(c, name):
    c.call("delete_pool", DeletePoolRequest(pool_name=name),
           {"metadata": {"name": name, "deletionTimestamp": str}}, known=COUNTS)
    c.call("show_pool", ShowPoolRequest(pool_name=name), {"status": {"phase": "Deleting"}}, known=COUNTS)
    c.advance(600)
    c.error("show_pool", ShowPoolRequest(pool_name=name), 404, "ModelArts.50015001")
    c.error("delete_pool", DeletePoolRequest(pool_name=name), 404, "ModelArts.50015001")
    c.error("list_pool_nodes", ListPoolNodesRequest(pool_name=name), 404, "ModelArts.50015001")


def orders(c, pool, order):
    c.call("show_order", ShowOrderRequest(order_name=order), {"count": int, "items": lambda rows: all(
        row["status"] == "succeed" for row in rows)})
    # The SDK has no list of orders.
    c.plain("GET orders", "GET", "/v1/{project_id}/orders", [("limit", "500"), ("offset", "0"), ("involvedName", pool)],
            want={"items": lambda rows: [row["orderName"] for row in rows] == [order]})


def workloads(c):
    pool = running_pool(c, "busy")
    for name, kind in (("trains", "train"), ("serves", "x-infer")):
        c.control("workloads", {"pool": "busy", "name": name, "type": kind, "user": "ops"})
    trains = {"jobName": "trains", "status": "Running", "type": "train", "namespace": pool, "userName": "ops"}
    c.call("list_workloads", ListWorkloadsRequest(pool_name=pool, type="train", limit=500, offset="0"), {"items": [trains]})
    c.call("list_workloads", ListWorkloadsRequest(pool_name=pool, sort="create_time", ascend=True),
           {"items": [{"pendingPosition": -1, "createTime": int, "nodes": [{"hostIp": str}]}] * 2})
    c.call("list_workloads", ListWorkloadsRequest(pool_name=pool, status="Completed"), {"items": []})
    c.call("show_workload_statistics", ShowWorkloadStatisticsRequest(pool_name=pool), {"statistics": {"items": [
        {"type": "train", "total": 1, "status": {"Running": 1}},
        {"type": "x-infer", "total": 1, "status": {"Running": 1}}]}})
    c.call("show_pool_runtime_metrics", ShowPoolRuntimeMetricsRequest(), {"kind": "PoolMetricsList", "items": [
        {"metadata": {"name": pool}, "table": {"workload": {"allocated": {"train": 1, "x-infer": 1, "sum": 2}}}}]},
        known=("items[].table.allocated.value.cpu", "items[].table.capacity.value.cpu",
               "items[].table.capacity.maxValue.cpu", "items[].table.available.value.cpu",
               "items[].table.available.maxValue.cpu"))
    search = JobSearches(offset=0, limit=50, sort_by="create_time", order="desc", workspace_id="0",
                         filters=[Filter(key="pool_id", operator="in", value=[pool]),
                                  Filter(key="phase", operator="in", value=["Running", "Pending"])])
    c.call("list_training_jobs", ListTrainingJobsRequest(body=search), {"total": 1, "items": [
        {"metadata": {"name": "trains"}, "status": {"phase": "Running"}, "spec": {"resource": {"pool_id": pool}}}]})
    c.call("list_infer_services", ListInferServicesRequest(pool_id=pool, limit=500),
           {"total": 1, "data": [{"name": "serves", "status": "RUNNING"}]})
    c.error("list_workloads", ListWorkloadsRequest(pool_name="no-pool"), 404, "ModelArts.50015001")
    c.error("show_order", ShowOrderRequest(order_name="no-order"), 404, "ModelArts.50015001")
    c.error("list_events", ListEventsRequest(resource="pools", name="no-pool"), 404, "ModelArts.50015001")


def failures(c):
    """A scope that fails and is tried again, a creation that fails, a creation without capacity, a pool with a job."""
    c.control("faults", [{"operation": "pools.create", "kind": "scopeFailed", "scope": "Notebook"}])
    name = running_pool(c, "half")
    c.call("show_pool", ShowPoolRequest(pool_name=name), {"status": {"phase": "Running", "scope": [
        {"scopeType": "Train", "state": "Enabled"}, {"scopeType": "Notebook", "state": "EnableFailed"}]}}, known=COUNTS)
    c.plain("POST retry-scope", "POST", "/v2/{project_id}/pools/%s/retry-scope" % name, body={"scope": "Notebook"})
    c.advance(60)
    c.call("show_pool", ShowPoolRequest(pool_name=name), {"status": {"scope": [{}, {"state": "Enabled"}]}}, known=COUNTS)
    c.control("workloads", {"pool": "half", "name": "trains"})
    c.control("behavior", {"deletePoolInUse": "refuse"})
    c.error("delete_pool", DeletePoolRequest(pool_name=name), 400, "ModelArts.50004000")
    c.control("faults", [{"operation": "pools.create", "kind": "creationFailed", "message": "no route"}])
    made = c.call("create_pool", new_pool("fails"), save={
        "failed": ["metadata", "name"], "order": ["metadata", "labels", "os.modelarts/order.name"]}, known=COUNTS)
    c.advance(600)
    order = made.metadata.labels.os_modelarts_order_name
    c.call("list_pools", ListPoolsRequest(status="failed"), {"items": [
        {"metadata": {"name": made.metadata.name}, "status": {"phase": "CreationFailed"}}]}, known=COUNTS)
    c.call("show_order", ShowOrderRequest(order_name=order), {"items": lambda rows: any(
        row["status"] == "failed" and row.get("message") for row in rows)})
    c.plain("GET orders", "GET", "/v1/{project_id}/orders", [("limit", "500"), ("offset", "0")], want={
        "items": lambda rows: any(row["orderName"] == order and row.get("failReason") for row in rows)})
    c.call("show_pool_statistics", ShowPoolStatisticsRequest(),
           {"statistics": {"status": {"failed": 1, "created": 1}}})
