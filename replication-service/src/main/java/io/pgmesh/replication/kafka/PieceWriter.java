package io.pgmesh.replication.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import io.pgmesh.replication.change.Piece;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.kafka.client.producer.KafkaProducer;
import io.vertx.kafka.client.producer.KafkaProducerRecord;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes pieces to the topic, in the order of the calls, each durable on all in-sync brokers before
 * its future completes. After a failure close it and open another: what followed the failed piece
 * may or may not be there.
 */
public final class PieceWriter {
  static final String RUN = "run";
  static final String POSITION = "position";
  static final String PREVIOUS = "previous";
  static final String CARRIED_GROUPS = "carried-groups";
  static final String CARRIED_TRANSACTION = "carried-transaction";
  static final String INDEX = "index";
  static final String LAST = "last";

  private static final long CLOSE_MILLIS = 1000;

  private final String topic;
  private final KafkaProducer<byte[], byte[]> producer;

  PieceWriter(Vertx vertx, KafkaSettings settings) {
    Map<String, String> properties = new HashMap<>(settings.properties());
    properties.put("bootstrap.servers", settings.bootstrapServers());
    properties.put("acks", "all");
    properties.put("enable.idempotence", "true");
    properties.put("max.request.size", String.valueOf(settings.recordMaxBytes() + 64 * 1024));
    properties.putIfAbsent("linger.ms", "0");
    properties.putIfAbsent("max.block.ms", "5000");
    properties.putIfAbsent("request.timeout.ms", "5000");
    properties.putIfAbsent("delivery.timeout.ms", "10000");
    properties.putIfAbsent("reconnect.backoff.max.ms", "500");
    this.topic = settings.referenceTopic();
    this.producer =
        KafkaProducer.create(
            vertx, properties, new ByteArraySerializer(), new ByteArraySerializer());
    producer.exceptionHandler(failure -> {}); // whoever writes hears of it
  }

  public Future<Void> write(Piece piece) {
    var key = String.valueOf(piece.position()).getBytes(UTF_8);
    var record =
        KafkaProducerRecord.create(topic, key, piece.body(), 0)
            .addHeader(RUN, piece.run())
            .addHeader(POSITION, String.valueOf(piece.position()))
            .addHeader(PREVIOUS, String.valueOf(piece.previous()))
            .addHeader(CARRIED_GROUPS, groups(piece))
            .addHeader(CARRIED_TRANSACTION, piece.carried().transaction())
            .addHeader(INDEX, String.valueOf(piece.index()))
            .addHeader(LAST, String.valueOf(piece.last()));
    return producer.send(record).mapEmpty();
  }

  private static String groups(Piece piece) {
    return piece.carried().groups().stream().map(String::valueOf).collect(joining(","));
  }

  public Future<Void> close() {
    return producer.close(CLOSE_MILLIS).otherwiseEmpty();
  }
}
