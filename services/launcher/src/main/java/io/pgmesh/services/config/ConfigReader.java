package io.pgmesh.services.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Defaults, then a file, then options of the command line become one {@link MeshConfig}. */
public final class ConfigReader {
  private static final String DEFAULTS = "/mesh.yaml";
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");

  private static final YAMLMapper MAPPER =
      YAMLMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .build();

  private final Map<String, String> environment;

  /**
   * @param environment the values of {@code ${NAME}}
   */
  public ConfigReader(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /**
   * @param options settings by their path ({@code endpoint.port}), which win over the file
   * @throws ConfigError naming the first setting that is unknown or bad
   */
  public MeshConfig read(Optional<Path> file, Map<String, String> options) {
    ObjectNode settings = defaults();
    String source = file.map(path -> path + ": ").orElse("");
    file.ifPresent(path -> merge(settings, userSettings(path), ""));
    options.forEach((path, value) -> set(settings, path, value));
    replaceVariables(settings, "");
    try {
      return MAPPER.treeToValue(settings, MeshConfig.class);
    } catch (JsonProcessingException e) {
      throw new ConfigError(source + explain(e));
    }
  }

  static ObjectNode defaults() {
    try (InputStream in = ConfigReader.class.getResourceAsStream(DEFAULTS)) {
      return (ObjectNode) MAPPER.readTree(in);
    } catch (IOException e) {
      throw new IllegalStateException("the defaults cannot be read", e);
    }
  }

  private static ObjectNode userSettings(Path file) {
    try {
      JsonNode tree = MAPPER.readTree(Files.readString(file));
      if (tree == null || tree.isMissingNode() || tree.isNull()) {
        return MAPPER.createObjectNode();
      }
      if (tree instanceof ObjectNode settings) {
        return settings;
      }
      throw new ConfigError(file + ": settings are written as name: value");
    } catch (JsonProcessingException e) {
      String where = e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")";
      throw new ConfigError(file + ": not YAML" + where + ": " + firstLine(e.getOriginalMessage()));
    } catch (IOException e) {
      throw new ConfigError("cannot read the file " + file);
    }
  }

  /** A list or a value replaces the default, a group of settings adds to it. */
  private static void merge(ObjectNode target, ObjectNode source, String path) {
    for (var entry : source.properties()) {
      JsonNode present = target.get(entry.getKey());
      if (present instanceof ObjectNode group) {
        if (!(entry.getValue() instanceof ObjectNode given)) {
          throw new ConfigError(
              path + entry.getKey() + ": has settings below it, and is not a value itself");
        }
        merge(group, given, path + entry.getKey() + ".");
      } else {
        target.set(entry.getKey(), entry.getValue());
      }
    }
  }

  private static void set(ObjectNode settings, String path, String value) {
    int dot = path.indexOf('.');
    if (dot >= 0) {
      set((ObjectNode) settings.get(path.substring(0, dot)), path.substring(dot + 1), value);
    } else if (settings.get(path) instanceof ArrayNode list) {
      list.removeAll();
      List.of(value.split(",")).forEach(part -> list.add(part.strip()));
    } else {
      settings.put(path, value);
    }
  }

  private void replaceVariables(ObjectNode group, String path) {
    for (var entry : group.properties()) {
      if (entry.getValue() instanceof ObjectNode inner) {
        replaceVariables(inner, path + entry.getKey() + ".");
      } else if (entry.getValue() instanceof TextNode text) {
        String replaced = replaced(text.textValue(), path + entry.getKey());
        entry.setValue(TextNode.valueOf(replaced));
      }
    }
  }

  private String replaced(String text, String setting) {
    Matcher found = VARIABLE.matcher(text);
    return found.replaceAll(
        match -> {
          String value = environment.get(match.group(1));
          if (value == null) {
            throw new ConfigError(
                setting + ": the environment variable " + match.group(1) + " is not set");
          }
          return Matcher.quoteReplacement(value);
        });
  }

  private static String explain(JsonProcessingException problem) {
    if (problem instanceof UnrecognizedPropertyException unknown) {
      var known = new TreeSet<String>();
      unknown.getKnownPropertyIds().forEach(name -> known.add(name.toString()));
      return path(unknown) + ": unknown setting; known here: " + String.join(", ", known);
    }
    if (!(problem instanceof JsonMappingException mapping)) {
      return firstLine(problem.getOriginalMessage());
    }
    for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
      if (cause instanceof Check.BadSetting bad) {
        String group = path(mapping);
        return (group.isEmpty() ? "" : group + ".") + bad.name() + ": " + bad.getMessage();
      }
    }
    return path(mapping) + ": " + badValue(mapping);
  }

  private static String badValue(JsonMappingException problem) {
    if (problem instanceof InvalidFormatException bad) {
      return "must be " + wanted(bad.getTargetType()) + ", not '" + bad.getValue() + "'";
    }
    return problem instanceof MismatchedInputException other && other.getTargetType() != null
        ? "must be " + wanted(other.getTargetType())
        : "bad value: " + firstLine(problem.getOriginalMessage());
  }

  private static String wanted(Class<?> type) {
    if (type.isEnum()) {
      return Stream.of(type.getEnumConstants())
          .map(constant -> MAPPER.convertValue(constant, String.class))
          .collect(Collectors.joining(", ", "one of ", ""));
    }
    if (Collection.class.isAssignableFrom(type)) {
      return "a list";
    }
    return type == int.class ? "a whole number" : type == String.class ? "text" : "of another kind";
  }

  private static String path(JsonMappingException problem) {
    return problem.getPath().stream()
        .filter(step -> step.getFieldName() != null)
        .map(JsonMappingException.Reference::getFieldName)
        .collect(Collectors.joining("."));
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("").strip();
  }
}
