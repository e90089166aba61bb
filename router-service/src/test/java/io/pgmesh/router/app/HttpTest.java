package io.pgmesh.router.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HttpTest {
  @TempDir static Path folder;
  private static RouterUnderTest router;
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    router = new RouterUnderTest(folder.resolve("data"), true, 60_000);
  }

  @AfterAll
  static void stop() throws Exception {
    router.close();
  }

  private HttpResponse<String> post(String body, String... headers) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + router.httpPort + "/sql"))
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + router.httpPort + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static String query(String sql, Object... params) {
    return new JsonObject().put("query", sql).put("params", JsonArray.of(params)).encode();
  }

  @Test
  void metrics_are_text_for_prometheus() throws Exception {
    var response = get("/metrics");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    assertThat(response.body()).isEqualTo("pgmesh_up 1\n");
  }

  @Test
  void a_query_answers_fields_and_rows_of_text() throws Exception {
    var response = post(query("select $1::int as a, $2::text b, null c, true d", 41, "it's \"ä\""));
    assertThat(response.statusCode()).isEqualTo(200);
    var answer = new JsonObject(response.body());
    assertThat(answer.getString("command")).isEqualTo("SELECT");
    assertThat(answer.getInteger("rowCount")).isEqualTo(1);
    assertThat(answer.getJsonArray("rows").getJsonObject(0))
        .isEqualTo(
            new JsonObject().put("a", "41").put("b", "it's \"ä\"").putNull("c").put("d", "t"));
    var field = answer.getJsonArray("fields").getJsonObject(0);
    assertThat(field.getString("name")).isEqualTo("a");
    assertThat(field.getInteger("dataTypeID")).isEqualTo(23);
  }

  @Test
  void rows_come_as_arrays_when_asked_for() throws Exception {
    var response = post(query("select 1, array['x']::text[]"), "Neon-Array-Mode", "true");
    assertThat(new JsonObject(response.body()).getJsonArray("rows").encode())
        .isEqualTo("[[\"1\",\"{x}\"]]");
  }

  @Test
  void arrays_and_objects_are_parameters() throws Exception {
    var response =
        post(
            query(
                "select ($1::text[])[2] as a, $2::jsonb ->> 'k' as b",
                JsonArray.of("x", "y,\"z"),
                JsonObject.of("k", "v")));
    assertThat(new JsonObject(response.body()).getJsonArray("rows").encode())
        .isEqualTo("[{\"a\":\"y,\\\"z\",\"b\":\"v\"}]");
  }

  @Test
  void commands_tell_what_they_did() throws Exception {
    assertThat(new JsonObject(post(query("create table made (a int)")).body()).getString("command"))
        .isEqualTo("CREATE");
    var answer = new JsonObject(post(query("insert into made values (1), (2)")).body());
    assertThat(answer.getString("command")).isEqualTo("INSERT");
    assertThat(answer.getInteger("rowCount")).isEqualTo(2);
  }

  @Test
  void errors_have_state_message_and_position() throws Exception {
    var response = post(query("select nothing from pg_class"));
    assertThat(response.statusCode()).isEqualTo(400);
    var error = new JsonObject(response.body());
    assertThat(error.getString("code")).isEqualTo("42703");
    assertThat(error.getString("message")).contains("nothing");
    assertThat(error.getString("position")).isEqualTo("8");
    assertThat(post("select 1").statusCode()).isEqualTo(400);
    assertThat(post(query("select 1; select 2")).statusCode()).isEqualTo(400);
    assertThat(post(query("copy (select 1) to stdout")).statusCode()).isEqualTo(400);
    assertThat(post(query("create table c (a int)")).statusCode()).isEqualTo(200);
    assertThat(post(query("copy c from stdin")).statusCode()).isEqualTo(400);
  }

  @Test
  void limits_hold() throws Exception {
    assertThat(post("x".repeat((1 << 20) + 1)).statusCode()).isEqualTo(413);
    var large = post(query("select repeat('x', 1000) from generate_series(1, 100000)"));
    assertThat(large.statusCode()).isEqualTo(413);
    assertThat(new JsonObject(large.body()).getString("code")).isEqualTo("54000");
  }

  @Test
  void a_role_with_a_password_must_show_it() throws Exception {
    // Trust holds for addresses, so only the role that is never trusted can be asked here.
    var response =
        post(
            query("select 1"),
            "Neon-Connection-String",
            "postgresql://pgmesh_loopback:wrong@127.0.0.1/postgres");
    assertThat(response.statusCode()).isEqualTo(401);
    var unknown =
        post(query("select 1"), "Neon-Connection-String", "postgresql://nobody@127.0.0.1/");
    assertThat(unknown.statusCode()).isEqualTo(401);
  }

  @Test
  void pages_of_other_sites_are_refused() throws Exception {
    assertThat(post(query("select 1"), "Origin", "https://example.com").statusCode())
        .isEqualTo(403);
    assertThat(
            post(query("select 1"), "Origin", "http://127.0.0.1:" + router.httpPort).statusCode())
        .isEqualTo(200);
  }

  @Test
  void health_is_told() throws Exception {
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    assertThat(get("/health/ready").statusCode()).isEqualTo(200);
    assertThat(get("/nowhere").statusCode()).isEqualTo(404);
  }
}
