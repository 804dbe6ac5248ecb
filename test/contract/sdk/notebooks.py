"""The notebooks of the current API, with lease, flavors, images, tags, storage and pools."""
from huaweicloudsdkmodelarts.v1 import *
from pools import COUNTS, running_pool

HOUR = 3600000
IMAGE = "0b6d0c1e-7f1d-4a53-9d55-0d6a3c7c2f10"
FLAVOR = "modelarts.vm.cpu.2u"


def new_notebook(name, **more):
    volume = VolumeMountRequest(category="EVS", ownership="MANAGED", capacity=5)
    return CreateNotebookRequest(body=NotebookCreateRequest(**{
        "name": name, "image_id": IMAGE, "flavor": FLAVOR, "volume": volume, "workspace_id": "0", **more}))


def notebooks(c):
    endpoints = [EndpointsReq(service="SSH", key_pair_names=["KeyPair-ops"])]
    made = c.call("create_notebook", new_notebook("contract", description="from the SDK", feature="NOTEBOOK",
                                                  duration=2 * HOUR, endpoints=endpoints), {
        "name": "contract", "status": "CREATING", "description": "from the SDK", "flavor": FLAVOR, "token": str,
        "image": {"id": IMAGE}, "feature": "NOTEBOOK", "workspace_id": "0", "user_id": str,
        "lease": {"duration": 2 * HOUR, "enable": True, "type": "TIMING"}, "action_progress": [{}] * 4,
    }, save={"notebook": ["id"]})
    id, token = made.id, made.token
    c.advance(60)
    shown = c.call("show_notebook", ShowNotebookRequest(id=id), {
        "id": id, "status": "RUNNING", "url": lambda url: url.endswith("/lab"), "volume": {"category": "EVS", "capacity": 5},
        "user": {"name": "ops"}, "action_progress": [{"status": "COMPLETED"}] * 4})
    c.expect("an SSH endpoint has an address",
             any(e.service == "SSH" and e.uri for e in shown.endpoints), "endpoints: %s" % shown.endpoints)
    c.call("list_notebooks", ListNotebooksRequest(limit=50, offset=0, name="contr", workspace_id="0", sort_dir="ASC",
                                                  feature="NOTEBOOK"),
           {"total": 1, "current": 0, "pages": 1, "size": 50, "data": [{"id": id, "name": "contract"}]})
    c.call("list_all_notebooks", ListAllNotebooksRequest(limit=10), {"data": [{"id": id}]})
    c.call("list_notebooks", ListNotebooksRequest(description="no such", limit=10), {"total": 0, "data": []})
    lease(c, id)
    update = NotebookUpdateRequest(description="changed", storage_new_size=10)
    c.call("update_notebook", UpdateNotebookRequest(id=id, body=update), {"id": id, "description": "changed"})
    c.advance(60)
    c.call("show_notebook", ShowNotebookRequest(id=id), {"volume": {"capacity": 10}})
    c.error("start_notebook", StartNotebookRequest(id=id), 400, "ModelArts.6357")
    c.call("stop_notebook", StopNotebookRequest(id=id), {"id": id, "status": "STOPPING"})
    c.advance(60)
    c.call("show_notebook", ShowNotebookRequest(id=id), {"status": "STOPPED"})
    c.error("stop_notebook", StopNotebookRequest(id=id), 400, "ModelArts.6357")
    c.call("show_switchable_flavors", ShowSwitchableFlavorsRequest(id=id), {"data": lambda rows: len(rows) > 0})
    change = NotebookUpdateRequest(name="contract-2", flavor="modelarts.vm.cpu.8u")
    c.call("update_notebook", UpdateNotebookRequest(id=id, body=change),
           {"name": "contract-2", "flavor": "modelarts.vm.cpu.8u"})
    started = c.call("start_notebook", StartNotebookRequest(id=id, duration=3 * HOUR, type="timing"),
                     {"id": id, "status": "STARTING", "lease": {"enable": True, "type": "TIMING"}})
    c.expect("a start changes the token", started.token and started.token != token, "the same token")
    c.expect("a start counts the lease from now",
             started.lease.duration == 3 * HOUR + started.lease.update_at - started.lease.create_at,
             "lease: %s" % started.lease)
    c.advance(60)
    c.call("show_notebook", ShowNotebookRequest(id=id), {"status": "RUNNING"})
    c.advance(3 * 3600 + 60)
    c.call("show_notebook", ShowNotebookRequest(id=id), {"status": "STOPPED"})
    c.call("delete_notebook", DeleteNotebookRequest(id=id), {"id": id, "status": "DELETING"})
    c.advance(60)
    c.error("show_notebook", ShowNotebookRequest(id=id), 400, "ModelArts.6404")
    c.error("delete_notebook", DeleteNotebookRequest(id=id), 400, "ModelArts.6404")
    on_a_pool(c)


def lease(c, id):
    first = c.call("show_lease", ShowLeaseRequest(id=id), {"duration": 2 * HOUR, "enable": True, "type": "TIMING"})
    c.advance(3600)
    renewed = c.call("renew_lease", RenewLeaseRequest(id=id, duration=2 * HOUR),
                     {"create_at": lambda it: it == first.create_at, "duration": lambda it: it >= 3 * HOUR})
    c.expect("a renewal counts the lease from now",
             renewed.duration == 2 * HOUR + renewed.update_at - renewed.create_at, "lease: %s" % renewed)
    c.call("renew_lease", RenewLeaseRequest(id=id, body=LeaseReq(duration=HOUR, type="IDLE")), {"type": "IDLE"})
    c.call("renew_lease", RenewLeaseRequest(id=id, duration=HOUR, body=LeaseReq()), {"type": "TIMING"})
    again = c.call("show_lease", ShowLeaseRequest(id=id), {"create_at": lambda it: it == first.create_at})
    c.expect("a lease may be shortened", again.duration < renewed.duration, "lease: %s" % again)
    c.error("renew_lease", RenewLeaseRequest(id=id, duration=73 * HOUR), 400, "ModelArts.6400")


def on_a_pool(c):
    pool = running_pool(c, "dedicated")
    made = c.call("create_notebook", new_notebook("on-pool", pool_id=pool),
                  {"lease": {"duration": HOUR, "enable": True}}, save={"dedicated": ["id"]})
    c.advance(60)
    c.call("show_notebook", ShowNotebookRequest(id=made.id), {"status": "RUNNING", "pool": {"id": pool}})
    c.call("list_all_notebooks", ListAllNotebooksRequest(pool_id=pool, workspace_id="0", limit=50),
           {"total": 1, "data": [{"id": made.id}]})
    c.call("list_authoring_clusters", ListAuthoringClustersRequest(type="DEDICATED", scope="NOTEBOOK"),
           {"data": [{"pool_id": pool, "status": "ACTIVE"}]})
    c.call("show_cluster", ShowClusterRequest(cluster_id=pool), {"pool_id": pool})
    c.call("list_features", ListFeaturesRequest(feature="NOTEBOOK"), {"enabled": True, "used": int, "quota": int})


def extras(c):
    c.call("list_flavors", ListFlavorsRequest(category="CPU", type="MANAGED", limit=10),
           {"data": lambda rows: FLAVOR in [row["id"] for row in rows]})
    c.call("list_flavors", ListFlavorsRequest(feature="NOTEBOOK"), {"data": lambda rows: len(rows) > 1})
    id = c.call("create_notebook", new_notebook("extras"), save={"notebook": ["id"]}).id
    c.advance(60)
    tag = TmsTag(key="team", value="a")
    c.call("create_notebook_tags", CreateNotebookTagsRequest(resource_id=id, workspace_id="0",
           body=CreateTmsTagsRequest(tags=[tag])), status=204)
    c.call("show_notebook_tags", ShowNotebookTagsRequest(workspace_id="0"), {"tags": [{"key": "team", "values": ["a"]}]})
    c.call("show_notebook", ShowNotebookRequest(id=id), {"tags": [{"key": "team", "value": "a"}]})
    c.call("list_notebooks", ListNotebooksRequest(tags="team|a", limit=10), {"data": [{"id": id}]})
    c.call("delete_notebook_tags", DeleteNotebookTagsRequest(resource_id=id, workspace_id="0",
           body=DeleteTmsTagsRequest(tags=[tag])), status=204)
    c.call("show_notebook_tags", ShowNotebookTagsRequest(workspace_id="0"), {"tags": []})
    mount = DataVolumesReq(category="OBSFS", mount_path="/data/in/", uri="obs://pfs-a/in/")
    mounted = c.call("attach_dynamic_storage", AttachDynamicStorageRequest(instance_id=id, body=mount),
                     {"status": "MOUNTING", "mount_type": "DYNAMIC"}, status=201, save={"storage": ["id"]})
    c.advance(30)
    where = {"instance_id": id, "storage_id": mounted.id}
    c.call("show_dynamic_storage", ShowDynamicStorageRequest(**where), {"status": "MOUNTED", "uri": "obs://pfs-a/in/"})
    c.call("list_dynamic_storages", ListDynamicStoragesRequest(instance_id=id), {"total": 1, "data": [{"id": mounted.id}]})
    c.call("detach_dynamic_storage", DetachDynamicStorageRequest(**where), status=204)
    c.advance(30)
    c.call("list_dynamic_storages", ListDynamicStoragesRequest(instance_id=id), {"total": 0})
    c.error("show_dynamic_storage", ShowDynamicStorageRequest(**where), 400, "ModelArts.6404")
    images(c, id)


def images(c, notebook):
    c.call("list_image", ListImageRequest(type="BUILD_IN", limit=20), {"data": lambda rows: IMAGE in [r["id"] for r in rows]})
    c.call("show_image", ShowImageRequest(id=IMAGE), {"id": IMAGE, "type": "BUILD_IN", "status": "ACTIVE", "swr_path": str})
    body = ImageCreateReq(name="saved", namespace="team-a", tag="1", workspace_id="0", description="d")
    saved = c.call("create_image", CreateImageRequest(id=notebook, body=body),
                   {"name": "saved", "namespace": "team-a", "tag": "1"}, save={"image": ["id"]})
    c.call("show_notebook", ShowNotebookRequest(id=notebook), {"status": "SNAPSHOTTING"})
    c.advance(120)
    c.call("show_image", ShowImageRequest(id=saved.id), {"status": "ACTIVE", "origin": "IMAGE_SAVE", "type": "DEDICATED"})
    c.call("list_image", ListImageRequest(type="DEDICATED", name="save"), {"total": 1, "data": [{"id": saved.id}]})
    c.call("list_image_group", ListImageGroupRequest(type="DEDICATED", workspace_id="0"), 
           {"data": [{"name": "saved", "namespace": "team-a", "version_count": 1, "create_at": int}]})
    c.call("delete_image", DeleteImageRequest(id=saved.id, body=DeleteImageRequestBody(is_force=False)))
    c.error("show_image", ShowImageRequest(id=saved.id), 400, "ModelArts.6404")
    path = ImageRegRequest(swr_path="swr.example/team-a/own:2", workspace_id="0", origin="CUSTOMIZE", arch="x86_64",
                           services=["NOTEBOOK", "SSH"], resource_category=["ASCEND"], visibility="PRIVATE")
    c.call("register_image", RegisterImageRequest(body=path), {"name": "own", "tag": "2", "dev_services": ["NOTEBOOK", "SSH"],
           "resource_categories": ["ASCEND"]}, status=201)


def custom(c):
    """Everything that a create request may hold, leases that never end or are idle, and a failed deletion."""
    pool = running_pool(c, "custom")
    spec = NotebookCustomSpec(cpu=1.5, memory=2048, arch="X86_64", category="CPU", resource_flavor="modelarts.vm.cpu.8ud")
    rule = AffinityRule(key="zone", operator="In", values=["a"], weight=1)
    hooks = CustomHooks(container_hooks=ContainerHooks(
        pre_start=Config(script="/home/ma-user/work/start.sh", type="SCRIPT", mode="BLOCK")))
    share = VolumeMountRequest(category="OBS", ownership="DEDICATED", uri="obs://bucket/in/", mount_path="/data/in/",
                               dew_secret_name="secret", read_only=True)
    made = c.call("create_notebook", new_notebook(
        "custom", flavor=None, custom_spec=spec, pool_id=pool, hooks=hooks, data_volumes=[share],
        affinity=AffinityType(preferred_during_scheduling_ignored_during_execution=[rule]),
        run_user=RunUserRequest(uid=1000, gid=100), lease=LeaseReq(duration=2 * HOUR, type="IDLE"),
        public_network_config=PublicNetworkConfig(public_network_type="SHARED"),
    ), {"flavor": "custom.flavor.spec.code", "custom_spec": {"resource_flavor": "modelarts.vm.cpu.8ud"},
        "lease": {"type": "IDLE", "duration": 2 * HOUR}}, save={"notebook": ["id"]})
    c.advance(60)
    c.call("show_notebook", ShowNotebookRequest(id=made.id), {
        "status": "RUNNING", "run_user": {"uid": 1000, "gid": 100}, "data_volumes": [{"category": "OBS", "url": "obs://bucket/in/"}],
        "affinity": {"preferred_during_scheduling_ignored_during_execution": [{"key": "zone", "values": ["a"]}]}})
    c.advance(3 * 3600)
    c.call("show_notebook", ShowNotebookRequest(id=made.id), {"status": "STOPPED"})
    forever = c.call("create_notebook", new_notebook("forever", duration=-1), {"lease": {"enable": False}},
                     save={"forever": ["id"]})
    c.advance(100 * 3600)
    c.call("show_notebook", ShowNotebookRequest(id=forever.id), {"status": "RUNNING"})
    c.control("faults", [{"operation": "currentNotebooks.delete", "kind": "deleteFails", "how": "reverts"}])
    c.call("delete_notebook", DeleteNotebookRequest(id=forever.id), {"status": "DELETING"})
    c.advance(60)
    c.call("show_notebook", ShowNotebookRequest(id=forever.id), {"status": "DELETE_FAILED", "fail_reason": str})
    c.call("list_notebooks", ListNotebooksRequest(status="DELETE_FAILED", limit=10), {"data": [{"id": forever.id}]})
    c.control("faults", [{"operation": "currentNotebooks.create", "kind": "notebookFailed", "message": "no image"}])
    failed = c.call("create_notebook", new_notebook("fails"), save={"failed": ["id"]})
    c.advance(60)
    c.call("show_notebook", ShowNotebookRequest(id=failed.id), {"status": "CREATE_FAILED", "fail_reason": "no image"})
    c.call("delete_pool", DeletePoolRequest(pool_name=pool), known=COUNTS)
    c.advance(600)
    c.call("list_all_notebooks", ListAllNotebooksRequest(pool_id=pool, limit=10), {"data": [{"id": made.id}]})
