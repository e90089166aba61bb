package io.pgmesh.router.http;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * One statement to run.
 *
 * @param parameters text values; null for NULL
 * @param login who asks
 * @param rowsAsArrays whether rows come as arrays and not as objects
 */
record SqlRequest(String query, List<String> parameters, Login login, boolean rowsAsArrays) {
  /** The header in which clients of serverless PostgreSQL name role, password and database. */
  static final String CONNECTION_STRING = "Neon-Connection-String";

  static final String ARRAY_MODE = "Neon-Array-Mode";

  /**
   * @throws SqlError 22023 not the JSON that is expected
   */
  static SqlRequest read(Buffer body, MultiMap headers, Login standard) {
    JsonObject json = object(body);
    if (!(json.getValue("query") instanceof String query)) {
      throw invalid("\"query\" must be a string");
    }
    if (!(json.getValue("params", new JsonArray()) instanceof JsonArray params)) {
      throw invalid("\"params\" must be an array");
    }
    var parameters = new ArrayList<String>();
    params.forEach(value -> parameters.add(text(value)));
    return new SqlRequest(
        query,
        parameters,
        login(headers, standard),
        "true".equalsIgnoreCase(headers.get(ARRAY_MODE)));
  }

  private static Login login(MultiMap headers, Login standard) {
    String connection = headers.get(CONNECTION_STRING);
    if (connection != null) {
      return Login.parse(connection, standard);
    }
    String authorization = headers.get(HttpHeaders.AUTHORIZATION);
    return authorization == null ? standard : Login.basic(authorization, standard);
  }

  private static JsonObject object(Buffer body) {
    try {
      if (body != null && Json.decodeValue(body) instanceof JsonObject json) {
        return json;
      }
    } catch (DecodeException e) {
      throw invalid("the body is not JSON");
    }
    throw invalid("the body must be a JSON object with \"query\" and \"params\"");
  }

  /** A JSON value in PostgreSQL's text format. */
  private static String text(Object value) {
    return switch (value) {
      case null -> null;
      case JsonArray array -> array(array);
      case JsonObject object -> object.encode();
      default -> value.toString();
    };
  }

  private static String array(JsonArray array) {
    var text = new StringBuilder("{");
    for (Object element : array) {
      if (text.length() > 1) {
        text.append(',');
      }
      switch (element) {
        case null -> text.append("NULL");
        case JsonArray inner -> text.append(array(inner));
        default ->
            text.append('"')
                .append(text(element).replace("\\", "\\\\").replace("\"", "\\\""))
                .append('"');
      }
    }
    return text.append('}').toString();
  }

  private static SqlError invalid(String message) {
    return new SqlError(SqlState.INVALID_PARAMETER_VALUE, message);
  }
}
