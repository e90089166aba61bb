package io.pgmesh.contracts.catalog;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/**
 * A server of the mesh, as in {@code pg_dist_node}.
 *
 * @param groupId names the server in placements; {@link #COORDINATOR_GROUP} is the coordinator
 *     database
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Node(
    int nodeId, int groupId, String host, int port, boolean active, boolean shouldHaveShards) {
  public static final int COORDINATOR_GROUP = 0;
}
