package io.pgmesh.services.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.io.DataOutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A mesh that trusts no address from its first start on: it gets ready all the same, and both
 * endpoints want passwords.
 */
class NobodyTrustedTest {
  private static final TestFolder FOLDER = TestFolder.make();
  private static final String OWN_PASSWORD = "it's the mesh's";
  private static MeshProcess mesh;

  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    Path config = FOLDER.path().resolve("mesh.yaml");
    Files.writeString(
        config,
        "endpoint: {trustedAddresses: []}\nembedded: {workers: 1, password: \"%s\"}\n"
            .formatted(OWN_PASSWORD));
    mesh = MeshProcess.start(FOLDER.path().resolve("mesh"), "--config", config.toString());
    try (var connection = DriverManager.getConnection(url(), "postgres", OWN_PASSWORD);
        var statement = connection.createStatement()) {
      statement.execute("CREATE ROLE alice LOGIN PASSWORD 'it''s: ä secret'");
      statement.execute("CREATE TABLE kept (id int PRIMARY KEY)");
      statement.execute("SELECT create_distributed_table('kept', 'id')");
      statement.execute("INSERT INTO kept SELECT generate_series(1, 100)");
    }
    mesh.close();
    Files.writeString(config, "endpoint: {trustedAddresses: []}\nembedded: {workers: 1}\n");
    mesh.launch(); // which waits until it is ready
  }

  private static String url() {
    var at = mesh.endpoint();
    return "jdbc:postgresql://%s:%d/%s".formatted(at.host(), at.port(), at.database());
  }

  @AfterAll
  static void stop() throws Exception {
    mesh.close();
    FOLDER.close();
  }

  @Test
  void http_wants_the_password_of_the_role() throws Exception {
    refused(post(""), "28000");
    refused(post(basic("alice:wrong")), "28P01");
    refused(post(basic("nobody:wrong")), "28P01");
    refused(post(basic("alice:")), "28000");
    refused(post("Basic %%%"), "28000");
    refused(post("Bearer abc"), "28000");
    var answer = post(basic("alice:it's: ä secret"));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(new JsonObject(answer.body()).getJsonArray("rows").encode())
        .isEqualTo("[{\"me\":\"alice\"}]");
  }

  @Test
  void postgres_clients_need_it_too() throws Exception {
    refused("alice", "wrong");
    try (var connection = DriverManager.getConnection(url(), "alice", "it's: ä secret")) {
      assertThat(connection.isValid(10)).isTrue();
    }
  }

  @Test
  void the_meshs_own_role_has_the_configured_password_later_too() throws Exception {
    refused("postgres", "wrong");
    refused("pgmesh_loopback", OWN_PASSWORD);
    refused(post(""), "28000");
    refused(post(basic("postgres:wrong")), "28P01");
    try (var connection = DriverManager.getConnection(url(), "postgres", OWN_PASSWORD);
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "SELECT count(*), (SELECT max(groupid) FROM pg_dist_node) FROM kept")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt(1)).isEqualTo(100);
      assertThat(rows.getInt(2)).as("the first worker's group").isEqualTo(1);
    }
  }

  /** Drivers do not even send a query where they have no password: this client does. */
  @Test
  void a_client_without_a_password_gets_no_further() throws Exception {
    var at = mesh.endpoint();
    try (var socket = new Socket(at.host(), at.port())) {
      socket.setSoTimeout(30_000);
      var out = new DataOutputStream(socket.getOutputStream());
      byte[] parameters = "user\0postgres\0database\0postgres\0\0".getBytes(StandardCharsets.UTF_8);
      out.writeInt(8 + parameters.length);
      out.writeInt(3 << 16); // protocol 3.0
      out.write(parameters);
      byte[] query = "DROP TABLE kept\0".getBytes(StandardCharsets.UTF_8);
      out.writeByte('Q');
      out.writeInt(4 + query.length);
      out.write(query);
      String answer =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(answer).startsWith("R").contains("SCRAM-SHA-256").contains("FATAL", "08P01");
    }
  }

  @Test
  void who_starts_it_is_told_that_nobody_can_log_in() throws Exception {
    try (var folder = TestFolder.make()) {
      Path config = folder.path().resolve("mesh.yaml");
      Files.writeString(config, "endpoint: {trustedAddresses: []}\nembedded: {workers: 1}\n");
      try (var other =
          MeshProcess.start(folder.path().resolve("mesh"), "--config", config.toString())) {
        assertThat(other.log()).contains("nobody can log in").contains("embedded.password");
      }
    }
    assertThat(mesh.log()).doesNotContain("nobody can log in");
  }

  private static void refused(String role, String password) {
    assertThatThrownBy(() -> DriverManager.getConnection(url(), role, password).close())
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
  }

  private static void refused(HttpResponse<String> answer, String code) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(401);
    assertThat(answer.headers().firstValue("WWW-Authenticate"))
        .hasValueSatisfying(challenge -> assertThat(challenge).startsWith("Basic realm="));
    var error = new JsonObject(answer.body());
    assertThat(error.getString("code")).isEqualTo(code);
    assertThat(error.getString("message")).isNotBlank();
  }

  private static String basic(String rolePassword) {
    byte[] bytes = rolePassword.getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(bytes);
  }

  private HttpResponse<String> post(String authorization) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(mesh.httpUrl() + "/sql"))
            .POST(
                HttpRequest.BodyPublishers.ofString("{\"query\": \"SELECT session_user AS me\"}"));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
