package io.pgmesh.services.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaBrokerTest {
  private static final TopicPartition TOPIC = new TopicPartition("kept", 0);

  @TempDir Path folder;

  @Test
  void a_broker_keeps_what_it_acknowledged_over_a_restart() throws Exception {
    try (var broker = KafkaBroker.start(folder.resolve("kafka"))) {
      Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrapServers());
      try (var producer =
          new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
        producer.send(new ProducerRecord<>(TOPIC.topic(), "key", "value")).get();
      }
      broker.stop();
      broker.start();
      try (var consumer =
          new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
        consumer.assign(List.of(TOPIC));
        consumer.seekToBeginning(List.of(TOPIC));
        var records = consumer.poll(Duration.ofSeconds(30));
        assertThat(records.records(TOPIC)).singleElement().extracting("value").isEqualTo("value");
      }
    }
  }
}
