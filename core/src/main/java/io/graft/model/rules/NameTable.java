package io.graft.model.rules;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValue;
import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.problem.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Rules for a family of models, by a name: from the names on disk to those of the running model. It is HOCON:
 *
 * <pre>{@code
 * title = "what it is for"
 * numbers {                                                       # optional: what must be known of the model
 *   head-size = "elements of one attention head"                  # a user says it, for ${head-size}
 *   heads { what = "attention heads", config = [num_attention_heads] }   # config.json may tell it
 * }
 * left-out = ["**.rotary_emb.inv_freq"]                           # optional: on disk alone
 * rules = [ { from = "**.ln", to = "**.norm" }, { type = transpose, tensors = "**.c_fc.weight" } ]
 * }</pre>
 *
 * @param id what it is asked for by
 * @param title the models that it is for, for people
 * @param numbers what it needs to know of the model, and what that is
 * @param leftOut patterns of the names that the running model has not
 * @param text the file
 */
public record NameTable(String id, String title, Map<String, TableNumber> numbers, List<String> leftOut, String text) {
    public NameTable {
        numbers = Map.copyOf(numbers);
        leftOut = List.copyOf(leftOut);
    }

    /**
     * A table from its file.
     *
     * @throws IllegalArgumentException if it is none; the message has one line for each mistake
     */
    public static NameTable parse(String id, String text) {
        try {
            Config file = read(text);
            Map<String, TableNumber> numbers = new TreeMap<>();
            if (file.root().get("numbers") instanceof ConfigObject declared) {
                declared.forEach((name, value) -> numbers.put(name, number(value)));
            }
            Map<String, Integer> any = numbers.keySet().stream().collect(Collectors.toMap(name -> name, name -> 1));
            Config known = resolved(file, any);
            NameTable table = new NameTable(
                    id,
                    known.getString("title"),
                    numbers,
                    known.hasPath("left-out") ? known.getStringList("left-out") : List.of(),
                    text);
            table.leftOut.forEach(KeyPattern::parse);
            table.rules(any);
            return table;
        } catch (ConfigException malformed) {
            throw new IllegalArgumentException(malformed.getMessage(), malformed);
        }
    }

    private static TableNumber number(ConfigValue value) {
        if (!(value instanceof ConfigObject object)) {
            return new TableNumber(String.valueOf(value.unwrapped()), List.of());
        }
        Config said = object.toConfig();
        return new TableNumber(said.getString("what"), said.getStringList("config"));
    }

    /** A table is one file. */
    private static Config read(String text) {
        ConfigIncluder none = new ConfigIncluder() {
            @Override
            public ConfigIncluder withFallback(ConfigIncluder fallback) {
                return this;
            }

            @Override
            public ConfigObject include(ConfigIncludeContext context, String what) {
                throw new IllegalArgumentException("a table includes no other file: `" + what + "`");
            }
        };
        return ConfigFactory.parseString(
                text, ConfigParseOptions.defaults().setSyntax(ConfigSyntax.CONF).setIncluder(none));
    }

    private static Config resolved(Config file, Map<String, Integer> numbers) {
        return file.resolveWith(ConfigFactory.parseMap(numbers), ConfigResolveOptions.noSystem());
    }

    /** All of it as one rule; for a table that needs no numbers, or none that {@code config.json} does not tell. */
    public Rule rule() {
        return new Rule.Table(this, Map.of(), false);
    }

    /**
     * Its rules.
     *
     * @param given the numbers that it needs
     * @throws IllegalArgumentException if numbers are missing or are none of the table's, or do not suit its rules
     */
    Rules rules(Map<String, Integer> given) {
        List<String> missing = missing(given);
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException("the table `" + id + "` " + needs(missing));
        }
        List<Rule> rules = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        RuleDecoder decoder = new RuleDecoder();
        for (ConfigCursor element :
                ConfigCursor.of(resolved(read(text), given)).at("rules").elements()) {
            Bound<Rule> bound = decoder.decode(element);
            problems.addAll(bound.problems());
            if (bound instanceof Bound.Ok<Rule> ok) {
                requireNoTable(ok.value());
                rules.add(ok.value());
            }
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(problems.stream()
                    .map(problem -> problem.path() + ": " + problem.message())
                    .collect(Collectors.joining("\n")));
        }
        return new Rules(rules);
    }

    /**
     * Refuses numbers that are none of the table's, and the lack of those that only a user can tell.
     *
     * @throws IllegalArgumentException if there are such
     */
    void requireNumbers(Map<String, Integer> given) {
        for (String name : given.keySet()) {
            if (!numbers.containsKey(name)) {
                throw new IllegalArgumentException("the table `" + id + "` has no use for `" + name + "`");
            }
        }
        List<String> untold = missing(given).stream()
                .filter(name -> numbers.get(name).keys().isEmpty())
                .toList();
        if (!untold.isEmpty()) {
            throw new IllegalArgumentException("the table `" + id + "` " + needs(untold));
        }
    }

    private void requireNoTable(Rule rule) {
        if (rule instanceof Rule.Table) {
            throw new IllegalArgumentException("the table `" + id + "` holds another table");
        }
    }

    /** Names of the numbers that are not given, sorted. */
    public List<String> missing(Map<String, Integer> given) {
        return numbers.keySet().stream()
                .filter(name -> !given.containsKey(name))
                .sorted()
                .toList();
    }

    /** The numbers that a configuration tells, by their names. */
    public Map<String, Integer> told(ModelConfiguration configuration) {
        Map<String, Integer> told = new TreeMap<>();
        numbers.forEach((name, number) -> number.in(configuration).ifPresent(count -> told.put(name, count)));
        return told;
    }

    /** What is wrong if numbers are not given. */
    String needs(List<String> names) {
        return "needs "
                + names.stream()
                        .map(name -> "`" + name + "` (" + numbers.get(name).words() + ")")
                        .collect(Collectors.joining(" and "));
    }

    /** An object that gives all numbers, as an example. */
    String example() {
        Map<String, String> keys = new LinkedHashMap<>();
        new TreeMap<>(numbers).keySet().forEach(name -> keys.put(name, name + " = ..."));
        return "{ table = " + id + (keys.isEmpty() ? "" : ", " + String.join(", ", keys.values())) + " }";
    }
}
