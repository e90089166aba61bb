package io.pgmesh.services.launcher;

import com.hazelcast.config.Config;
import io.pgmesh.services.config.ClusterConfig;
import io.pgmesh.services.embedded.FreePorts;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.spi.cluster.hazelcast.ConfigUtil;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.List;

/** Joins the cluster of nodes: by TCP/IP to named members, without multicast. */
final class Cluster {
  private Cluster() {}

  static Future<Vertx> join(ClusterConfig config, String name) {
    var options =
        new VertxOptions()
            .setPreferNativeTransport(true)
            // one a processor: then the instances of router and executor meet in pairs on each
            .setEventLoopPoolSize(Math.max(2, Runtime.getRuntime().availableProcessors()))
            .setEventBusOptions(new EventBusOptions().setHost(config.host()));
    return Vertx.builder()
        .with(options)
        .withClusterManager(new HazelcastClusterManager(hazelcast(config, name)))
        .buildClustered();
  }

  private static Config hazelcast(ClusterConfig cluster, String name) {
    Config config = ConfigUtil.loadConfig();
    config.setClusterName(name);
    config.setProperty("hazelcast.wait.seconds.before.join", "0");
    config.setProperty("hazelcast.heartbeat.interval.seconds", "1");
    config.setProperty("hazelcast.max.no.heartbeat.seconds", "5");
    config.setProperty("hazelcast.shutdownhook.enabled", "false"); // the launcher stops it in order
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.socket.bind.any", "false");
    var network = config.getNetworkConfig();
    network.setPort(cluster.port() == 0 ? FreePorts.one() : cluster.port());
    network.setPortAutoIncrement(false);
    network.getInterfaces().setEnabled(true).setInterfaces(List.of(cluster.host()));
    var join = network.getJoin();
    join.getMulticastConfig().setEnabled(false);
    join.getAutoDetectionConfig().setEnabled(false);
    join.getTcpIpConfig().setEnabled(true).setMembers(cluster.members());
    return config;
  }
}
