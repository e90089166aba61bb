package io.pgmesh.services.launcher;

import io.pgmesh.executor.app.ExecutorConfig;
import io.pgmesh.executor.app.ExecutorVerticle;
import io.pgmesh.metadata.app.MetadataConfig;
import io.pgmesh.metadata.app.MetadataVerticle;
import io.pgmesh.replication.app.ReplicationConfig;
import io.pgmesh.replication.app.ReplicationVerticle;
import io.pgmesh.router.app.RouterConfig;
import io.pgmesh.router.app.RouterVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One JVM of a mesh: a member of the cluster that runs some of the services. */
public final class MeshNode {
  private static final Logger LOG = LoggerFactory.getLogger(MeshNode.class);

  private final Vertx vertx;
  private final Deque<String> deployments = new ArrayDeque<>();

  /** What the services of a node are made with. */
  public record Services(
      MetadataConfig metadata,
      ExecutorConfig executor,
      ReplicationConfig replication,
      RouterConfig router) {}

  private MeshNode(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Joins the cluster and starts services, one after the other. */
  public static Future<MeshNode> start(
      Cluster cluster, Services services, Set<Service> wanted, Consumer<String> progress) {
    progress.accept("joining the cluster " + cluster.name());
    return cluster
        .join()
        .compose(
            vertx -> {
              var node = new MeshNode(vertx);
              return node.deployAll(services, wanted, progress)
                  .map(node)
                  .recover(cause -> node.stop().transform(done -> Future.failedFuture(cause)));
            });
  }

  private Future<Void> deployAll(
      Services services, Set<Service> wanted, Consumer<String> progress) {
    Future<Void> started = Future.succeededFuture();
    for (Service service : Service.values()) {
      if (wanted.contains(service)) {
        started = started.compose(before -> deploy(service, services, progress));
      }
    }
    return started;
  }

  private Future<Void> deploy(Service service, Services services, Consumer<String> progress) {
    progress.accept(
        "starting the " + service.name().toLowerCase(java.util.Locale.ROOT) + " service");
    Future<String> deployed =
        switch (service) {
          case METADATA -> vertx.deployVerticle(new MetadataVerticle(services.metadata()));
          case EXECUTOR -> vertx.deployVerticle(new ExecutorVerticle(services.executor()));
          case REPLICATION -> vertx.deployVerticle(new ReplicationVerticle(services.replication()));
          case ROUTER ->
              vertx.deployVerticle(
                  RouterVerticle.instances(services.router()),
                  new DeploymentOptions().setInstances(routers()));
        };
    return deployed.onSuccess(deployments::push).mapEmpty();
  }

  /** One event loop a core serves clients. */
  private static int routers() {
    return Math.max(1, Runtime.getRuntime().availableProcessors());
  }

  /** Stops the services, the last started first, and leaves the cluster. */
  public Future<Void> stop() {
    Future<Void> stopped = Future.succeededFuture();
    while (!deployments.isEmpty()) {
      String deployment = deployments.pop();
      stopped =
          stopped
              .compose(before -> vertx.undeploy(deployment))
              .recover(
                  cause -> {
                    LOG.warn("a service did not stop cleanly", cause);
                    return Future.succeededFuture();
                  });
    }
    return stopped.compose(all -> vertx.close());
  }
}
