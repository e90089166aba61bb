package io.pgmesh.replication.kafka;

import io.pgmesh.replication.change.Piece;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.kafka.client.common.TopicPartition;
import io.vertx.kafka.client.consumer.KafkaConsumer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The topic of the reference tables' changes. */
public final class ChangeTopic {
  private final Vertx vertx;
  private final KafkaSettings settings;

  public ChangeTopic(Vertx vertx, KafkaSettings settings) {
    this.vertx = vertx;
    this.settings = settings;
  }

  /** A piece and the offset of the record behind it. */
  public record Received(Piece piece, long nextOffset) {}

  /** Makes the topic where it does not exist. Fails while no broker answers. */
  public Future<Void> create() {
    return vertx.executeBlocking(this::openAdmin).compose(this::create);
  }

  private Admin openAdmin() {
    Map<String, Object> properties = new HashMap<>(settings.properties());
    properties.put("bootstrap.servers", settings.bootstrapServers());
    properties.putIfAbsent("default.api.timeout.ms", "5000");
    properties.putIfAbsent("request.timeout.ms", "5000");
    return Admin.create(properties);
  }

  private Future<Void> create(Admin admin) {
    var topic =
        new NewTopic(
            settings.referenceTopic(),
            Optional.of(1),
            Optional.of(settings.replicationFactor())
                .filter(factor -> factor > 0)
                .map(Integer::shortValue));
    Promise<Void> created = Promise.promise();
    admin
        .createTopics(List.of(topic))
        .all()
        .whenComplete(
            (done, failure) -> {
              if (failure == null || failure instanceof TopicExistsException) {
                created.complete();
              } else {
                created.fail(failure);
              }
            });
    return created.future().eventually(() -> vertx.executeBlocking(() -> close(admin)));
  }

  private static Void close(Admin admin) {
    admin.close(Duration.ZERO);
    return null;
  }

  /** Opens a writer; nothing is sent before the first piece. */
  public PieceWriter writer() {
    return new PieceWriter(vertx, settings);
  }

  /**
   * Reads from an offset on; starts anew at the beginning when Kafka has no such offset any more.
   *
   * @param received called in the order of the topic
   */
  public Future<PieceSource> read(long offset, Handler<Received> received) {
    Map<String, String> properties = new HashMap<>(settings.properties());
    properties.put("bootstrap.servers", settings.bootstrapServers());
    properties.put("enable.auto.commit", "false");
    properties.put("auto.offset.reset", "earliest");
    properties.put("isolation.level", "read_committed");
    properties.put("max.partition.fetch.bytes", String.valueOf(4 * settings.recordMaxBytes()));
    properties.putIfAbsent("reconnect.backoff.max.ms", "500");
    properties.putIfAbsent("allow.auto.create.topics", "false");
    properties.putIfAbsent("default.api.timeout.ms", "5000");
    properties.putIfAbsent("request.timeout.ms", "5000");
    KafkaConsumer<byte[], byte[]> consumer =
        KafkaConsumer.create(
            vertx, properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    var partition = new TopicPartition(settings.referenceTopic(), 0);
    var source = new PieceSource(consumer, received);
    return consumer
        .assign(partition)
        .compose(
            assigned ->
                offset > 0 ? consumer.seek(partition, offset) : consumer.seekToBeginning(partition))
        .map(source)
        .onFailure(failure -> source.close());
  }
}
