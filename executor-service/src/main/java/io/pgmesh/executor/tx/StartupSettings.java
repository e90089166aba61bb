package io.pgmesh.executor.tx;

import io.pgmesh.contracts.setting.MeshSettings;
import io.pgmesh.contracts.setting.PassingSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Startup parameters become the settings that a session begins with. */
public final class StartupSettings {
  private StartupSettings() {}

  /**
   * Without those that do not outlast the login.
   *
   * @param ofRole what the role and the database say, which the client's own go before
   * @param parameters of the startup message; {@code options} is taken apart
   * @return SQL by lower-case name; the {@code options} come first, as in PostgreSQL
   * @throws io.pgmesh.contracts.error.SqlError a setting of the mesh's own does not take its value
   */
  public static Map<String, String> of(Map<String, String> ofRole, Map<String, String> parameters) {
    var settings = new LinkedHashMap<>(ofRole);
    fromOptions(parameters.getOrDefault("options", ""))
        .forEach((name, value) -> settings.put(name, checked(name, value)));
    parameters.forEach(
        (key, value) -> {
          String name = key.toLowerCase(Locale.ROOT);
          if (!name.equals("options")) {
            settings.put(name, checked(name, value));
          }
        });
    settings.keySet().removeIf(PassingSettings::has);
    return java.util.Collections.unmodifiableMap(settings);
  }

  private static String checked(String name, String value) {
    return SettingTexts.set(name, MeshSettings.checked(name, value));
  }

  /** {@code -c name=value}, {@code -cname=value} and {@code --name=value}. */
  static Map<String, String> fromOptions(String options) {
    var found = new LinkedHashMap<String, String>();
    List<String> words = words(options);
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("-c") && i + 1 < words.size()) {
        i++;
        assignment(words.get(i), found);
      } else if (word.startsWith("-c") || word.startsWith("--")) {
        assignment(word.substring(2), found);
      }
    }
    return found;
  }

  private static void assignment(String text, Map<String, String> found) {
    int equals = text.indexOf('=');
    if (equals > 0) {
      String name = text.substring(0, equals).replace('-', '_').toLowerCase(Locale.ROOT);
      found.put(name, text.substring(equals + 1));
    }
  }

  /** Split at white space; a backslash makes the next character part of a word. */
  private static List<String> words(String options) {
    var words = new ArrayList<String>();
    var word = new StringBuilder();
    boolean escaped = false;
    for (char c : options.toCharArray()) {
      if (!escaped && c == '\\') {
        escaped = true;
      } else if (!escaped && Character.isWhitespace(c)) {
        if (!word.isEmpty()) {
          words.add(word.toString());
          word.setLength(0);
        }
      } else {
        word.append(c);
        escaped = false;
      }
    }
    if (!word.isEmpty()) {
      words.add(word.toString());
    }
    return words;
  }
}
