package io.pgmesh.executor.run;

import io.pgmesh.contracts.api.ExecutorApi;
import io.pgmesh.contracts.api.SessionCommand;
import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.bus.Neighbour;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.catalog.Node;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Server;
import io.pgmesh.executor.tx.Carriers;
import io.pgmesh.executor.tx.DecisionLog;
import io.pgmesh.executor.worker.Address;
import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.ConnectionPools;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageProducer;
import java.security.SecureRandom;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;

/** All sessions of one executor instance. Used on its context only. */
public final class Executor {
  private final Vertx vertx;
  private final String commandsAddress;
  private final Address coordinator;
  private final ConnectionPools pools;
  private final DecisionLog decisions;
  private final Carriers carriers;
  private final BackendRegistry registry;
  private final RoleLookup roles;
  private final SeenRoleSettings roleSettings = new SeenRoleSettings();
  private final PartialShapes partialShapes = new PartialShapes();
  private final SettingValues settingValues = new SettingValues();
  private final Map<Long, Channel> channels = new HashMap<>();
  private final Map<Integer, Session> coordinatorUsers = new HashMap<>();
  private final Set<Session> sessions = new HashSet<>();
  private final Set<BackendConnection> announced = Collections.newSetFromMap(new WeakHashMap<>());
  private long catalogEpoch;
  private LongNames longNames = LongNames.NONE;
  private long lastChannel = (new SecureRandom().nextLong() >>> 2) & ~0xFFFFFFL;

  public Executor(
      Vertx vertx,
      String commandsAddress,
      Address coordinator,
      ConnectionPools pools,
      DecisionLog decisions,
      BackendRegistry registry) {
    this.vertx = vertx;
    this.commandsAddress = commandsAddress;
    this.coordinator = coordinator;
    this.pools = pools;
    this.decisions = decisions;
    this.carriers = new Carriers(decisions, pools);
    this.registry = registry;
    this.roles = new RoleLookup(pools, coordinator, new PasswordVerifiers(vertx));
  }

  /** Answers {@link ExecutorApi#OPEN}. */
  public Future<ExecutorApi.Opened> open(ExecutorApi.OpenSession request) {
    return open(request, new DeliveryOptions());
  }

  /** The same for a router on this event loop. */
  public Future<ExecutorApi.Opened> openForNeighbour(ExecutorApi.OpenSession request) {
    return open(request, Neighbour.local());
  }

  private Future<ExecutorApi.Opened> open(
      ExecutorApi.OpenSession request, DeliveryOptions delivery) {
    var session = new Session(this, request.role(), request.settings());
    return session
        .start()
        .map(
            parameters -> {
              sessions.add(session);
              Channel main = channel(session, false, request.eventsAddress(), delivery);
              session.main(main);
              return new ExecutorApi.Opened(main.id(), commandsAddress, parameters);
            });
  }

  /** Answers {@link ExecutorApi#ATTACH} for a backend that works for a session of this instance. */
  public Future<ExecutorApi.Opened> attach(ExecutorApi.AttachLoopback request) {
    Session session = coordinatorUsers.get(request.backendPid());
    if (session == null) {
      return Future.failedFuture(
          new SqlError(
              SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
              "process "
                  + request.backendPid()
                  + " of the coordinator database works for no session",
              "Distributed tables can be read inside the coordinator database only by statements"
                  + " that came through the mesh."));
    }
    Channel channel = channel(session, true, request.eventsAddress(), new DeliveryOptions());
    session.attach(channel);
    return Future.succeededFuture(new ExecutorApi.Opened(channel.id(), commandsAddress, Map.of()));
  }

  /** Answers {@link ExecutorApi#FIND_ROLE}. */
  public Future<ExecutorApi.FoundRole> findRole(ExecutorApi.FindRole request) {
    return roles.find(request.role());
  }

  /** Hears every command to this instance. */
  public void command(SessionCommand command) {
    Channel channel = channels.get(command.channel());
    if (channel != null) {
      channel.session().command(channel, command);
    }
  }

  /**
   * A router that was killed says nothing, and its sessions would keep their transactions and locks
   * for ever: so each router gets an event without effect now and then.
   */
  public void probeRouters() {
    var channelOf = new HashMap<String, Channel>();
    channels.values().forEach(channel -> channelOf.put(channel.eventsAddress(), channel));
    channelOf.forEach(
        (address, channel) -> channel.probe().onFailure(gone -> closeSessionsOf(address)));
  }

  private void closeSessionsOf(String eventsAddress) {
    List.copyOf(channels.values()).stream()
        .filter(channel -> channel.eventsAddress().equals(eventsAddress))
        .forEach(channel -> channel.session().routerGone());
  }

  /** Rolls back all sessions and closes all connections. */
  public Future<Void> stop() {
    return Future.join(List.copyOf(sessions).stream().map(Session::close).toList())
        .<Void>mapEmpty()
        .otherwiseEmpty()
        .onComplete(done -> pools.close());
  }

  /** The catalog has changed: what workers have prepared may be of other tables now. */
  public void catalogChanged(CatalogSnapshot catalog) {
    catalogEpoch = catalog.epoch();
    longNames = LongNames.of(catalog);
  }

  LongNames longNames() {
    return longNames;
  }

  long catalogEpoch() {
    return catalogEpoch;
  }

  PartialShapes partialShapes() {
    return partialShapes;
  }

  SettingValues settingValues() {
    return settingValues;
  }

  Vertx vertx() {
    return vertx;
  }

  Address coordinator() {
    return coordinator;
  }

  ConnectionPools pools() {
    return pools;
  }

  SeenRoleSettings roleSettings() {
    return roleSettings;
  }

  DecisionLog decisions() {
    return decisions;
  }

  Carriers carriers() {
    return carriers;
  }

  /** Where tasks for a server go. */
  public Address addressOf(Server server) {
    return server.groupId() == Node.COORDINATOR_GROUP
        ? Address.worker(coordinator.host(), coordinator.port())
        : Address.worker(server.host(), server.port());
  }

  /** A coordinator connection works for a session until {@link #coordinatorFree}. */
  Future<Void> coordinatorUsed(BackendConnection connection, Session session) {
    coordinatorUsers.put(connection.processId(), session);
    return announced.add(connection)
        ? registry.add(connection.processId())
        : Future.succeededFuture();
  }

  void coordinatorFree(BackendConnection connection) {
    coordinatorUsers.remove(connection.processId());
  }

  void remove(Channel channel) {
    channels.remove(channel.id());
    channel.close();
  }

  void remove(Session session) {
    sessions.remove(session);
  }

  private Channel channel(
      Session session, boolean loopback, String eventsAddress, DeliveryOptions delivery) {
    MessageProducer<SessionEvent> events = vertx.eventBus().sender(eventsAddress, delivery);
    var channel = new Channel(++lastChannel, session, loopback, events);
    channels.put(channel.id(), channel);
    return channel;
  }
}
