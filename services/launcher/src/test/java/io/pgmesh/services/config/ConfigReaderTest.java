package io.pgmesh.services.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.services.config.MeshConfig.Mode;
import io.pgmesh.services.config.MeshConfig.Service;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigReaderTest {
  @TempDir Path folder;

  @Test
  void defaults_are_those_of_the_documented_file() {
    MeshConfig config = read("");
    assertThat(config.mode()).isEqualTo(Mode.EMBEDDED);
    assertThat(config.services()).containsExactly(Service.values());
    assertThat(config.endpoint().port()).isEqualTo(6432);
    assertThat(config.http().port()).isEqualTo(8432);
    assertThat(config.embedded().workers()).isEqualTo(2);
  }

  @Test
  void the_documented_file_names_every_setting_and_no_other() {
    var documented = new TreeSet<String>();
    ConfigReader.defaults()
        .properties()
        .forEach(
            group -> {
              if (!group.getValue().isObject()) {
                documented.add(group.getKey());
              }
              group
                  .getValue()
                  .properties()
                  .forEach(entry -> documented.add(group.getKey() + "." + entry.getKey()));
            });
    var known = new TreeSet<String>();
    for (RecordComponent component : MeshConfig.class.getRecordComponents()) {
      if (component.getType().isRecord()) {
        Stream.of(component.getType().getRecordComponents())
            .forEach(setting -> known.add(component.getName() + "." + setting.getName()));
      } else {
        known.add(component.getName());
      }
    }
    assertThat(documented).isEqualTo(known);
  }

  @Test
  void a_group_of_the_file_adds_to_the_defaults() {
    MeshConfig config = read("endpoint:\n  port: 7000\n  trustedAddresses: [\"::1\"]\n");
    assertThat(config.endpoint().port()).isEqualTo(7000);
    assertThat(config.endpoint().trustedAddresses()).containsExactly("::1");
    assertThat(config.endpoint().database()).isEqualTo("postgres");
  }

  @Test
  void options_win_over_the_file() throws IOException {
    Path file = Files.writeString(folder.resolve("mesh.yaml"), "endpoint: {port: 7000}");
    var config =
        new ConfigReader(Map.of())
            .read(
                Optional.of(file), Map.of("endpoint.port", "7001", "services", "router, executor"));
    assertThat(config.endpoint().port()).isEqualTo(7001);
    assertThat(config.services()).isEqualTo(List.of(Service.EXECUTOR, Service.ROUTER));
  }

  @Test
  void text_may_name_environment_variables() throws IOException {
    Path file = Files.writeString(folder.resolve("m"), "servers: {password: \"${SECRET}\"}");
    var config = new ConfigReader(Map.of("SECRET", "a$b")).read(Optional.of(file), Map.of());
    assertThat(config.servers().password()).isEqualTo("a$b");
    assertThat(config.toString()).doesNotContain("a$b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "endpoint: {prot: 1}                        | endpoint.prot: unknown setting",
        "surprise: 1                                | surprise: unknown setting",
        "endpoint: 1                                | endpoint: has settings below it",
        "endpoint: {port: many}                     | endpoint.port: must be a whole number, not 'many'",
        "endpoint: {port: 70000}                    | endpoint.port: must be between 0 and 65535, not 70000",
        "endpoint: {port: 1.5}                      | endpoint.port: ",
        "endpoint: {port: null}                     | endpoint.port: ",
        "mode: cloud                                | mode: must be one of embedded, external, not 'cloud'",
        "services: [router, cook]                   | services: must be one of",
        "services: []                               | services: names no service",
        "executor: {poolConnectionsMax: 0}          | executor.poolConnectionsMax: must be at least 1, not 0",
        "endpoint: {host: 0.0.0.0}                  | endpoint.host: 0.0.0.0 is reachable from other machines",
        "endpoint: {host: 10.1.2.3, tls: self-made, trustedAddresses: [10.0.0.0/8]} | endpoint.host: 10.1.2.3",
        "endpoint: {host: 10.1.2.3, tls: self-made, trustedAddresses: [127.0.0.0/7]} | endpoint.host: 10.1.2.3",
        "endpoint: {tls: yes}                       | endpoint.tls: must be one of none, self-made, files",
        "endpoint: {tls: true}                      | endpoint.tls: must be one of none, self-made, files",
        "endpoint: {trustedAddresses: all}          | endpoint.trustedAddresses: must be a list",
        "endpoint: {tls: files}                     | endpoint.certificatePath: must name a file",
        "endpoint: {trustedAddresses: [everyone]}   | endpoint.trustedAddresses: 'everyone'",
        "http: {host: 0.0.0.0}                      | http.host: 0.0.0.0 is reachable",
        "endpoint: {port: 8432}                     | http.port: 8432 is endpoint.port too",
        "{endpoint: {port: 7942}, http: {port: 7942}} | http.port: 7942 is endpoint.port too",
        "cluster: {host: 10.1.2.3}                  | cluster.host: 10.1.2.3 is reachable",
        "mode: external                             | coordinator.host: is needed",
        "kafka: {topicPrefix: a b}                  | kafka.topicPrefix: may hold",
        "servers: {tls: verify-full}                | servers.rootCertificatePath: must name a file",
        "servers: {tls: verify-ca, rootCertificatePath: /dev/null} | servers.rootCertificatePath: no certificate",
        "servers: {tls: require, rootCertificatePath: /dev/null} | servers.rootCertificatePath: proves nothing",
        "servers: {tls: always}                     | servers.tls: must be one of disable, allow, prefer, require, verify-ca, verify-full",
        "servers: {password: '${ABSENT}'}           | servers.password: the environment variable ABSENT",
        "'mode: embedded\nmode: embedded'           | Duplicate",
        "'mode: [\n'                                | not YAML",
      })
  void a_bad_setting_is_one_line_that_names_it(String yaml, String message) {
    assertThatThrownBy(() -> read(yaml.replace("\\n", "\n")))
        .isInstanceOf(ConfigError.class)
        .hasMessageContaining(message)
        .extracting(Throwable::getMessage)
        .satisfies(text -> assertThat(text.toString().lines()).hasSize(1));
  }

  @Test
  void both_endpoints_may_take_any_port() {
    var config = read("{endpoint: {port: 0}, http: {port: 0}}");
    assertThat(config.http().port()).isEqualTo(config.endpoint().port()).isZero();
  }

  @Test
  void another_address_is_accepted_with_tls_and_passwords() {
    var config = read("endpoint: {host: 0.0.0.0, tls: self-made, trustedAddresses: [127.0.0.1]}");
    assertThat(config.endpoint().host()).isEqualTo("0.0.0.0");
  }

  private MeshConfig read(String yaml) {
    try {
      Path file = Files.writeString(folder.resolve("mesh.yaml"), yaml);
      return new ConfigReader(Map.of()).read(Optional.of(file), Map.of());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
