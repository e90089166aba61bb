package io.pgmesh.executor.app;

import io.pgmesh.contracts.api.ExecutorApi;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.executor.run.BackendRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.AsyncMap;
import java.util.function.Function;

/**
 * Which executor instance each backend of the coordinator database belongs to, known to all of
 * them: a loopback session asks any of them and is sent on to the right one.
 */
final class SharedBackends implements BackendRegistry {
  private static final String MAP = "pgmesh.executor.backends";

  private final Vertx vertx;
  private final String instance;

  SharedBackends(Vertx vertx, String instance) {
    this.vertx = vertx;
    this.instance = instance;
  }

  @Override
  public Future<Void> add(int processId) {
    return map().compose(map -> map.put(processId, instance));
  }

  Future<Void> serveAttach(
      Function<ExecutorApi.AttachLoopback, Future<ExecutorApi.Opened>> attach) {
    return ExecutorApi.ATTACH
        .serveAt(vertx, ExecutorApi.ATTACH.at(instance), attach)
        .compose(done -> ExecutorApi.ATTACH.serve(vertx, request -> forward(request, attach)))
        .mapEmpty();
  }

  private Future<ExecutorApi.Opened> forward(
      ExecutorApi.AttachLoopback request,
      Function<ExecutorApi.AttachLoopback, Future<ExecutorApi.Opened>> attach) {
    return map()
        .compose(map -> map.get(request.backendPid()))
        .compose(
            owner -> {
              if (owner == null) {
                return Future.failedFuture(
                    new SqlError(
                        SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                        "process "
                            + request.backendPid()
                            + " of the coordinator database works for no session of the mesh"));
              }
              return owner.equals(instance)
                  ? attach.apply(request)
                  : ExecutorApi.ATTACH.askAt(vertx, ExecutorApi.ATTACH.at(owner), request);
            });
  }

  private Future<AsyncMap<Integer, String>> map() {
    return vertx.sharedData().getAsyncMap(MAP);
  }
}
