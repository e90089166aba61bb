package io.pgmesh.services.config;

import java.util.List;

/** The cluster of nodes. */
public record ClusterConfig(String name, String host, int port, List<String> members) {
  public ClusterConfig {
    members = List.copyOf(members);
    Check.portOrAny("port", port);
    Check.that(
        Addresses.loopback(host),
        "host",
        host + " is reachable from other machines, and nodes do not encrypt yet what they say");
    members.forEach(
        member ->
            Check.that(
                member.matches("\\S+:\\d{1,5}"), "members", "'" + member + "' is not host:port"));
  }
}
