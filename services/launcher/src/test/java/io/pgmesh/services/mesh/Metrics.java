package io.pgmesh.services.mesh;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;

/** What a node answers at {@code /metrics}. */
record Metrics(String text) {

  static Metrics of(MeshProcess mesh) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(URI.create(mesh.httpUrl() + "/metrics")).build();
      var response = client.send(request, HttpResponse.BodyHandlers.ofString());
      return new Metrics(response.body());
    }
  }

  /** Of the metric that has no labels. */
  double value(String name) {
    List<Double> values = values(name + " ", "");
    if (values.size() != 1) {
      throw new AssertionError("not one metric " + name + " in\n" + text);
    }
    return values.getFirst();
  }

  /** Of all metrics with this name and label. */
  List<Double> labelled(String name, String label) {
    return values(name + "{", label);
  }

  private List<Double> values(String beginning, String part) {
    return text.lines()
        .filter(line -> line.startsWith(beginning) && line.contains(part))
        .map(line -> Double.valueOf(line.substring(line.lastIndexOf(' ') + 1)))
        .toList();
  }
}
