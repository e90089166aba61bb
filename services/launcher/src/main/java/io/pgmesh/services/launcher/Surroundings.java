package io.pgmesh.services.launcher;

import io.pgmesh.executor.worker.LocalSockets;
import io.pgmesh.metadata.app.MetadataConfig;
import io.pgmesh.metadata.store.Address;
import io.pgmesh.metadata.store.Loopback;
import java.util.Optional;

/**
 * What a node's services find around them, once the servers' ports are known.
 *
 * @param coordinator the server that has the coordinator database
 * @param sockets of the servers that run on this machine
 * @param bootstrap the nodes of a mesh that sets itself up
 * @param kafkaBootstrapServers {@code host:port,host:port}
 * @param clusterName only nodes of the same name meet
 */
record Surroundings(
    Address coordinator,
    LocalSockets sockets,
    Optional<MetadataConfig.Bootstrap> bootstrap,
    String kafkaBootstrapServers,
    Loopback loopback,
    String clusterName) {}
