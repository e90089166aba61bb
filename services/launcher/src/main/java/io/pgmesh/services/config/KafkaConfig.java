package io.pgmesh.services.config;

import java.util.Map;

/** How to reach Kafka and what to write there. */
public record KafkaConfig(
    String bootstrapServers,
    String topicPrefix,
    int replicationFactor,
    int recordMaxBytes,
    Map<String, String> properties) {
  private static final int RECORD_LEAST_BYTES = 1024;

  public KafkaConfig {
    properties = Map.copyOf(properties);
    Check.that(
        topicPrefix.matches("[a-zA-Z0-9._-]{1,200}"),
        "topicPrefix",
        "may hold letters, digits, '.', '_' and '-'");
    Check.that(
        replicationFactor == -1 || replicationFactor > 0,
        "replicationFactor",
        "must be at least 1, or -1 for the brokers' default");
    Check.between("recordMaxBytes", recordMaxBytes, RECORD_LEAST_BYTES, Integer.MAX_VALUE);
  }
}
