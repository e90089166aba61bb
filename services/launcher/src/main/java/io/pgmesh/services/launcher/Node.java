package io.pgmesh.services.launcher;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.pgmesh.contracts.bus.BusCodecs;
import io.pgmesh.executor.app.ExecutorVerticle;
import io.pgmesh.metadata.app.MetadataVerticle;
import io.pgmesh.replication.app.ReplicationVerticle;
import io.pgmesh.router.app.RouterVerticle;
import io.pgmesh.services.config.MeshConfig;
import io.pgmesh.services.config.MeshConfig.Service;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.function.Supplier;

/** The services of one JVM as a member of the cluster. */
final class Node {
  private final Vertx vertx;
  private final MeshConfig config;
  private final ServiceConfigs services;
  private final Progress progress;
  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Deque<String> deployed = new ArrayDeque<>(); // the last one first

  private Node(Vertx vertx, MeshConfig config, ServiceConfigs services, Progress progress) {
    this.vertx = vertx;
    this.config = config;
    this.services = services;
    this.progress = progress;
  }

  /** Joins the cluster, then starts the services one after the other. */
  static Future<Node> start(MeshConfig config, Surroundings surroundings, Progress progress) {
    var services = new ServiceConfigs(config, surroundings);
    return Cluster.join(config.cluster(), surroundings.clusterName())
        .map(vertx -> new Node(vertx, config, services, progress))
        .compose(node -> node.deployAll().map(node).recover(cause -> node.abandon(cause)));
  }

  Vertx vertx() {
    return vertx;
  }

  /** Stops the services, those that clients see first, and leaves the cluster. */
  Future<Void> stop() {
    Future<Void> chain = Future.succeededFuture();
    while (!deployed.isEmpty()) {
      String id = deployed.pop();
      chain =
          chain.compose(before -> vertx.undeploy(id)).recover(cause -> Future.succeededFuture());
    }
    return chain.eventually(vertx::close);
  }

  private Future<Void> deployAll() {
    BusCodecs.register(vertx);
    Future<Void> chain = Future.succeededFuture();
    for (Service service : config.services()) {
      chain = chain.compose(before -> deploy(service));
    }
    return chain;
  }

  private Future<Void> deploy(Service service) {
    return switch (service) {
      case METADATA -> deploy(service, () -> new MetadataVerticle(services.metadata()), 1);
      case EXECUTOR -> {
        int number = services.executor().instances(instances(config.executor().instances()));
        var verticles = ExecutorVerticle.instances(services.executor(), number, metrics);
        yield deploy(service, verticles::get, number);
      }
      case REPLICATION -> deploy(service, () -> new ReplicationVerticle(services.replication()), 1);
      case ROUTER ->
          vertx
              .executeBlocking(
                  () -> RouterVerticle.instances(services.router(), metrics, metrics::scrape))
              .compose(
                  verticles ->
                      deploy(service, verticles::get, instances(config.endpoint().instances())));
    };
  }

  private Future<Void> deploy(Service service, Supplier<Deployable> verticle, int instances) {
    return vertx
        .deployVerticle(verticle, new DeploymentOptions().setInstances(instances))
        .onSuccess(
            id -> {
              deployed.push(id);
              progress.say(service.name().toLowerCase(Locale.ROOT) + " service");
            })
        .mapEmpty();
  }

  private Future<Node> abandon(Throwable cause) {
    return stop().transform(stopped -> Future.failedFuture(cause));
  }

  private static int instances(int configured) {
    return configured > 0 ? configured : Runtime.getRuntime().availableProcessors();
  }
}
