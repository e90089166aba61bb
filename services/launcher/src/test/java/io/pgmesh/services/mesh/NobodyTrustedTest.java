package io.pgmesh.services.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
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
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A mesh that trusts no address any more: it starts all the same, and both endpoints want
 * passwords.
 */
class NobodyTrustedTest {
  private static final Pattern COORDINATOR = Pattern.compile("coordinator database on (\\S+)");
  private static final TestFolder FOLDER = TestFolder.make();
  private static MeshProcess mesh;

  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    Path config = FOLDER.path().resolve("mesh.yaml");
    Files.writeString(config, "embedded: {workers: 1}\n");
    mesh = MeshProcess.start(FOLDER.path().resolve("mesh"), "--config", config.toString());
    var found = COORDINATOR.matcher(mesh.log());
    assertThat(found.find()).isTrue();
    String server = "jdbc:postgresql://" + found.group(1) + "/postgres?user=postgres";
    try (var connection = DriverManager.getConnection(server);
        var statement = connection.createStatement()) {
      statement.execute("CREATE ROLE alice LOGIN PASSWORD 'it''s: ä secret'");
    }
    mesh.close();
    Files.writeString(config, "endpoint: {trustedAddresses: []}\nembedded: {workers: 1}\n");
    mesh.launch(); // which waits until it is ready
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
    var at = mesh.endpoint();
    String url = "jdbc:postgresql://%s:%d/%s".formatted(at.host(), at.port(), at.database());
    assertThatThrownBy(() -> DriverManager.getConnection(url, "alice", "wrong"))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
    try (var connection = DriverManager.getConnection(url, "alice", "it's: ä secret")) {
      assertThat(connection.isValid(10)).isTrue();
    }
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
