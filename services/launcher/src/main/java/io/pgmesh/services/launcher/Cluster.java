package io.pgmesh.services.launcher;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import io.pgmesh.contracts.bus.BusCodecs;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.spi.cluster.hazelcast.ConfigUtil;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.List;

/**
 * The Hazelcast cluster that carries the event bus.
 *
 * @param name nodes of one name join
 * @param host the address that this node listens on
 * @param port the first port tried
 * @param members {@code host[:port]} of nodes to join; alone when empty
 */
public record Cluster(String name, String host, int port, List<String> members) {
  public Cluster {
    members = List.copyOf(members);
  }

  /** A cluster of this node alone, on loopback. */
  public static Cluster alone() {
    return new Cluster("pgmesh-" + ProcessHandle.current().pid(), "127.0.0.1", 5701, List.of());
  }

  /** A node of the event bus with all codecs. */
  Future<Vertx> join() {
    var bus = new EventBusOptions().setHost(host).setClusterPublicHost(host);
    var options = new VertxOptions().setEventBusOptions(bus).setPreferNativeTransport(true);
    return Vertx.builder()
        .with(options)
        .withClusterManager(new HazelcastClusterManager(hazelcast()))
        .buildClustered()
        .onSuccess(BusCodecs::register);
  }

  private Config hazelcast() {
    Config config = ConfigUtil.loadConfig();
    config.setClusterName(name);
    config.setProperty("hazelcast.logging.type", "slf4j");
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.shutdownhook.enabled", "false");
    config.setProperty("hazelcast.wait.seconds.before.join", "0");
    config.setProperty("hazelcast.heartbeat.interval.seconds", "1");
    config.setProperty("hazelcast.max.no.heartbeat.seconds", "5");
    config.setProperty("hazelcast.socket.bind.any", "false");
    var network = config.getNetworkConfig();
    network.setPort(port).setPortAutoIncrement(true).setPublicAddress(host);
    network.getInterfaces().setEnabled(true).clear().addInterface(host);
    JoinConfig join = network.getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    join.getTcpIpConfig().setEnabled(true).setMembers(members);
    return config;
  }
}
