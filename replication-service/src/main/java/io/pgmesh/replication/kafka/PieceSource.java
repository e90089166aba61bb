package io.pgmesh.replication.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pgmesh.replication.change.Carried;
import io.pgmesh.replication.change.Piece;
import io.pgmesh.replication.kafka.ChangeTopic.Received;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.kafka.client.consumer.KafkaConsumer;
import java.time.Duration;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An open reader of the topic. */
public final class PieceSource {
  private static final Logger LOG = LoggerFactory.getLogger(PieceSource.class);

  private final KafkaConsumer<byte[], byte[]> consumer;

  PieceSource(KafkaConsumer<byte[], byte[]> consumer, Handler<Received> received) {
    this.consumer = consumer;
    consumer.pollTimeout(Duration.ofMillis(500));
    consumer.exceptionHandler(failure -> LOG.debug("reading from Kafka: {}", failure.toString()));
    consumer.handler(record -> received.handle(received(record.record())));
  }

  /** Stops the flow; what Kafka has handed over already may still arrive. */
  public void pause() {
    consumer.pause();
  }

  public void resume() {
    consumer.resume();
  }

  public Future<Void> close() {
    return consumer.close().otherwiseEmpty();
  }

  private static Received received(ConsumerRecord<byte[], byte[]> record) {
    var piece =
        new Piece(
            header(record, PieceWriter.RUN),
            Long.parseLong(header(record, PieceWriter.POSITION)),
            Long.parseLong(header(record, PieceWriter.PREVIOUS)),
            carried(record),
            Integer.parseInt(header(record, PieceWriter.INDEX)),
            Boolean.parseBoolean(header(record, PieceWriter.LAST)),
            record.value());
    return new Received(piece, record.offset() + 1);
  }

  /** Records of earlier versions do not tell. */
  private static Carried carried(ConsumerRecord<byte[], byte[]> record) {
    if (record.headers().lastHeader(PieceWriter.CARRIED_GROUPS) == null) {
      return Carried.NOWHERE;
    }
    var groups =
        Stream.of(header(record, PieceWriter.CARRIED_GROUPS).split(","))
            .filter(text -> !text.isEmpty())
            .map(Integer::valueOf)
            .toList();
    return new Carried(groups, header(record, PieceWriter.CARRIED_TRANSACTION));
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), UTF_8);
  }
}
