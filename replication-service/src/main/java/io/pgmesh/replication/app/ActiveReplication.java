package io.pgmesh.replication.app;

import io.pgmesh.contracts.api.MetadataApi;
import io.pgmesh.contracts.api.ReplicationApi;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.catalog.Node;
import io.pgmesh.replication.apply.Applier;
import io.pgmesh.replication.apply.ChangeLog;
import io.pgmesh.replication.apply.ChangeLog.RelayState;
import io.pgmesh.replication.kafka.ChangeTopic;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The service while it is the active one: a relay, one applier per worker, and who waits. */
final class ActiveReplication implements Applier.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(ActiveReplication.class);

  private static final long MAINTAIN_MILLIS = 500;

  /** Rounds without any progress after which the topic is thought to have lost something. */
  private static final int STALLED_ROUNDS = 6;

  private final Vertx vertx;
  private final ReplicationConfig config;
  private final ChangeLog log;
  private final ChangeTopic topic;
  private final UUID mesh;
  private final Relay relay;
  private final CommitWaits waits;
  private final Map<Integer, Worker> workers = new HashMap<>();
  private final List<MessageConsumer<?>> consumers = new ArrayList<>();
  private long timer = -1;
  private long epoch = -1;
  private boolean viewInstalled;
  private boolean stopped;

  /** A worker's applier, and since when it has not moved. */
  private static final class Worker {
    final Node node;
    final Applier applier;
    long position;
    int stalledRounds;

    Worker(Node node, Applier applier) {
      this.node = node;
      this.applier = applier;
    }
  }

  ActiveReplication(Vertx vertx, ReplicationConfig config, ChangeLog log, RelayState state) {
    this.vertx = vertx;
    this.config = config;
    this.log = log;
    this.mesh = state.mesh();
    this.topic = new ChangeTopic(vertx, config.kafka());
    this.relay =
        new Relay(
            vertx, config.coordinator(), topic, config.kafka().recordMaxBytes(), state.relayed());
    this.waits = new CommitWaits(vertx, log, config.referenceWait(), relay);
  }

  Future<Void> start() {
    return ReplicationApi.AWAIT_APPLIED
        .serve(vertx, question -> waits.await(question.xid()))
        .onSuccess(consumers::add)
        .compose(serving -> followCatalog())
        .onSuccess(
            following -> {
              timer = vertx.setTimer(MAINTAIN_MILLIS, t -> maintain());
              relay.wake();
            });
  }

  Future<Void> stop() {
    stopped = true;
    vertx.cancelTimer(timer);
    waits.close();
    var stopping = new ArrayList<Future<Void>>();
    consumers.forEach(consumer -> stopping.add(consumer.unregister().otherwiseEmpty()));
    workers.values().forEach(worker -> stopping.add(worker.applier.stop().otherwiseEmpty()));
    stopping.add(relay.stop());
    return Future.join(stopping).mapEmpty();
  }

  private Future<Void> followCatalog() {
    MessageConsumer<CatalogSnapshot> consumer =
        vertx
            .eventBus()
            .consumer(MetadataApi.CATALOG_CHANGED, message -> onCatalog(message.body()));
    consumers.add(consumer);
    return consumer.completion().onSuccess(v -> askCatalog());
  }

  private void askCatalog() {
    MetadataApi.CATALOG
        .ask(vertx, new MetadataApi.GetCatalog())
        .onSuccess(this::onCatalog)
        .onFailure(failure -> LOG.debug("no catalog yet: {}", failure.getMessage()));
  }

  private void onCatalog(CatalogSnapshot snapshot) {
    if (stopped || snapshot.epoch() < epoch) {
      return;
    }
    epoch = snapshot.epoch();
    Map<Integer, Node> wanted = new HashMap<>();
    snapshot.workers().forEach(node -> wanted.put(node.groupId(), node));
    List.copyOf(workers.values()).stream()
        .filter(worker -> !sameServer(worker.node, wanted.get(worker.node.groupId())))
        .forEach(this::remove);
    wanted.values().stream()
        .filter(node -> !workers.containsKey(node.groupId()))
        .forEach(this::add);
    workers.values().forEach(worker -> worker.applier.forgetTables());
  }

  private static boolean sameServer(Node one, Node other) {
    return other != null && one.host().equals(other.host()) && one.port() == other.port();
  }

  private void add(Node node) {
    var target = new Applier.Target(node.groupId(), mesh, config.worker(node.host(), node.port()));
    var applier = new Applier(vertx, log, topic, target, this);
    workers.put(node.groupId(), new Worker(node, applier));
    applier.start();
  }

  private void remove(Worker worker) {
    workers.remove(worker.node.groupId());
    waits.forget(worker.node.groupId());
    worker.applier.stop();
  }

  private void maintain() {
    if (epoch < 0) {
      askCatalog();
    }
    relay.wake();
    workers.values().forEach(this::watch);
    waits
        .maintain()
        .compose(v -> log.trim())
        .compose(v -> viewInstalled ? Future.succeededFuture(true) : log.installView())
        .onSuccess(installed -> viewInstalled = installed)
        .onFailure(failure -> LOG.warn("replication upkeep: {}", failure.getMessage()))
        .onComplete(
            done -> {
              if (!stopped) {
                timer = vertx.setTimer(MAINTAIN_MILLIS, t -> maintain());
              }
            });
  }

  /** An idle applier that does not reach what was sent: the topic must have lost it. */
  private void watch(Worker worker) {
    long position = waits.position(worker.node.groupId());
    boolean waiting = worker.applier.idle() && position >= 0 && position < relay.relayed();
    worker.stalledRounds = waiting && position == worker.position ? worker.stalledRounds + 1 : 0;
    worker.position = position;
    if (worker.stalledRounds >= STALLED_ROUNDS) {
      worker.stalledRounds = 0;
      relay.rewind(position);
    }
  }

  @Override
  public void applied(int group, long position) {
    if (!stopped && workers.containsKey(group)) {
      waits.applied(group, position);
    }
  }

  @Override
  public void missing(int group, long position) {
    if (!stopped) {
      LOG.info("group {} has found changes after position {} missing", group, position);
      relay.rewind(position);
    }
  }

  @Override
  public void broken(int group, String reason) {
    if (!stopped && workers.containsKey(group)) {
      waits.broken(group, reason);
    }
  }
}
