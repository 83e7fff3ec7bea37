package io.graft.config.hocon;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigResolver;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Quoting;
import io.graft.problem.SourceRef;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Resolves the substitutions of a configuration, and tells all that cannot be resolved, where the parser stops at one. */
public final class SubstitutionResolver {
    private static final String UNRESOLVED = "Could not resolve substitution to a value: ";
    private static final String CYCLE = " was part of a cycle of substitutions involving ";

    private final String file;
    private final Map<String, String> environment;
    private final SourceTexts texts;
    private final List<Problem> problems;

    public SubstitutionResolver(
            String file, Map<String, String> environment, SourceTexts texts, List<Problem> problems) {
        this.file = file;
        this.environment = environment;
        this.texts = texts;
        this.problems = problems;
    }

    /** The resolved configuration, with something in place of what cannot be resolved; empty after a cycle. */
    public Optional<Config> resolve(Config config) {
        Set<String> unresolved = new HashSet<>();
        ConfigResolveOptions options =
                ConfigResolveOptions.noSystem().appendResolver(new Lookup(environment, unresolved));
        while (true) {
            try {
                return Optional.of(config.resolve(options));
            } catch (ConfigException.UnresolvedSubstitution e) {
                String detail = e.getMessage().substring(e.getMessage().indexOf(UNRESOLVED) + UNRESOLVED.length());
                int cycle = detail.indexOf(CYCLE);
                if (cycle >= 0) {
                    String reference = detail.substring(0, cycle);
                    String way = detail.substring(cycle + CYCLE.length()).replace(", ", " -> ");
                    String message = Quoting.quote(reference) + " refers back to itself: " + way;
                    report(ProblemCode.SUBSTITUTION_CYCLE, e.origin(), reference, message, "give one of them a value");
                    return Optional.empty();
                }
                String name = detail.substring(2, detail.length() - 1);
                report(
                        ProblemCode.UNRESOLVED_SUBSTITUTION,
                        e.origin(),
                        detail,
                        Quoting.quote(detail) + " is neither a key of the file nor an environment variable",
                        "define it, or write `${?" + name + "}` if it may be absent");
                if (!unresolved.add(name)) {
                    return Optional.empty();
                }
            } catch (ConfigException e) {
                // what stands in for an unresolved value need not fit where it is used
                if (unresolved.isEmpty()) {
                    problems.add(SyntaxErrors.explain(e, file, texts));
                }
                return Optional.empty();
            }
        }
    }

    private void report(ProblemCode code, ConfigOrigin origin, String reference, String message, String help) {
        int line = Math.max(0, origin.lineNumber());
        Optional<SourceText> text = ValueOrigin.file(origin).flatMap(texts::of);
        List<Token> uses = text.map(found -> found.tokensOf(line)).orElse(List.of()).stream()
                .filter(token -> token.text().equals(reference))
                .toList();
        int column = uses.size() == 1 ? uses.get(0).column() : 0;
        String shown = text.map(found -> found.line(line)).orElse("");
        problems.add(ConfigProblems.at(
                code,
                new SourceRef(ValueOrigin.name(origin), line, column, column > 0 ? reference.length() : 0, shown),
                message,
                help));
    }

    /** Gives environment variables, and something for each name that has been reported. */
    private record Lookup(Map<String, String> environment, Set<String> reported) implements ConfigResolver {
        @Override
        public ConfigValue lookup(String path) {
            String value = environment.get(path);
            if (value != null) {
                return ConfigValueFactory.fromAnyRef(value, ValueOrigin.ENVIRONMENT + path);
            }
            return reported.contains(path) ? ConfigValueFactory.fromAnyRef("", "unresolved") : null;
        }

        @Override
        public ConfigResolver withFallback(ConfigResolver fallback) {
            return this;
        }
    }
}
