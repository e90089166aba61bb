package io.pgmesh.replication.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Rows travel as text. What writes them, in the coordinator database, and both that read them on a
 * worker, the applier and the function for clients' transactions, have settings of their own: they
 * must agree.
 */
class TextSettingsTest {
  private static final Pattern SETTING = Pattern.compile("(?m)^SET (\\w+) = (.*?);?$");

  /** The settings of a function's text, between its name and its body. */
  private static Map<String, String> ofFunction(String file, String name) throws IOException {
    try (InputStream in = WorkerReplicas.class.getResourceAsStream(file)) {
      String sql = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      int begin = sql.indexOf("FUNCTION pgmesh." + name + "(");
      assertThat(begin).as(name).isPositive();
      return settings(sql.substring(begin, sql.indexOf("AS $$", begin)));
    }
  }

  private static Map<String, String> settings(String text) {
    var settings = new TreeMap<String, String>();
    Matcher matcher = SETTING.matcher(text);
    while (matcher.find()) {
      settings.put(matcher.group(1), matcher.group(2));
    }
    assertThat(settings).containsKeys("search_path", "datestyle", "timezone");
    return settings;
  }

  @Test
  void rows_are_read_under_the_settings_that_they_were_written_under() throws IOException {
    Map<String, String> written = ofFunction("change-log.sql", "record_change");
    Map<String, String> readByFunction = ofFunction("worker.sql", "write_replica");
    Map<String, String> readByApplier = settings(WorkerReplicas.SETTINGS);
    // the applier's session has nothing of clients', so that it needs no pg_temp at the end
    readByApplier.computeIfPresent("search_path", (name, path) -> path + ", pg_temp");
    assertThat(readByFunction).containsAllEntriesOf(written);
    assertThat(readByApplier).containsAllEntriesOf(readByFunction);
  }
}
