package io.pgmesh.replication.kafka;

import java.util.Map;

/**
 * How to reach Kafka and what to write there.
 *
 * @param bootstrapServers {@code host:port,host:port}
 * @param topicPrefix the topics of this mesh are {@code <prefix>.reference}, …
 * @param replicationFactor of topics that are made here; -1 is the brokers' default
 * @param recordMaxBytes the body of one record; the brokers' {@code message.max.bytes} must be
 *     larger by the headers
 * @param properties passed on to every client: security, timeouts, …
 */
public record KafkaSettings(
    String bootstrapServers,
    String topicPrefix,
    int replicationFactor,
    int recordMaxBytes,
    Map<String, String> properties) {

  public static final int DEFAULT_RECORD_MAX_BYTES = 512 * 1024;

  public KafkaSettings {
    properties = Map.copyOf(properties);
    require(!bootstrapServers.isBlank(), "kafka bootstrap servers are missing");
    require(
        topicPrefix.matches("[a-zA-Z0-9._-]{1,200}"),
        "kafka topic prefix '" + topicPrefix + "' may hold letters, digits, '.', '_' and '-'");
    require(
        replicationFactor == -1 || replicationFactor > 0,
        "kafka replication factor must be positive, or -1 for the brokers' default");
    require(recordMaxBytes >= 1024, "kafka record size must be at least 1024 bytes");
  }

  /** Brokers and prefix, all else by default. */
  public static KafkaSettings of(String bootstrapServers, String topicPrefix) {
    return new KafkaSettings(bootstrapServers, topicPrefix, -1, DEFAULT_RECORD_MAX_BYTES, Map.of());
  }

  /** The one topic of all reference tables: one partition, so that order is the commit order. */
  public String referenceTopic() {
    return topicPrefix + ".reference";
  }

  private static void require(boolean valid, String message) {
    if (!valid) {
      throw new IllegalArgumentException(message);
    }
  }
}
