package io.graft.cli.map;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import io.graft.apply.FileRun;
import io.graft.apply.ModelModifierApplier;
import io.graft.cli.option.CheckpointArgument;
import io.graft.cli.option.FetchRequest;
import io.graft.cli.output.CommandException;
import io.graft.config.reading.ConfigOverrides;
import io.graft.problem.Printable;
import io.graft.problem.ProblemCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A model as a person names it: a configuration with a model in it, a block factory, or a checkpoint.
 *
 * @param applier opens it
 * @param section of a configuration that names it
 */
record ModelArgument(ModelModifierApplier applier, ConfigValue section) {
    private static final String MODEL = "graft.model";
    private static final List<String> CONFIGURATIONS = List.of(".conf", ".hocon", ".json");
    private static final Pattern CLASS = Pattern.compile(
            "(\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*\\.)+" + "\\p{Lu}\\p{javaJavaIdentifierPart}*");

    /**
     * Tells what a text means: a file that is called as configurations are, a class that is no file, or else a checkpoint.
     *
     * @param arguments of a block factory, as a configuration has them; empty if there are none
     * @throws CommandException if arguments are given to what takes none, or if they or the configuration tell no model
     * @throws io.graft.GraftException if the configuration has errors
     * @throws io.graft.checkpoint.CheckpointException if the checkpoint cannot be used
     */
    static ModelArgument of(
            String text, String arguments, ModelModifierApplier applier, FetchRequest request, ClassLoader loader) {
        boolean isFactory = CLASS.matcher(text).matches() && !Files.exists(Path.of(text));
        if (!arguments.isBlank() && !isFactory) {
            throw new CommandException(
                    ProblemCode.REQUIRES,
                    "--arguments: `" + text + "` is no block factory",
                    "name a class, or leave them out");
        }
        if (isFactory) {
            return of(applier, "block-factory = " + ConfigUtil.quoteString(text) + ", arguments " + object(arguments));
        }
        if (CONFIGURATIONS.stream().anyMatch(text::endsWith)) {
            applier.configuration(Path.of(text), ConfigOverrides.ofProcess(List.of()))
                    .check();
            Config file = ConfigFactory.parseFile(Path.of(text).toFile()).resolve();
            if (!file.hasPath(MODEL)) {
                throw new CommandException(
                        ProblemCode.MISSING_KEY, "`" + text + "` names no model", "give it the section `graft.model`");
            }
            return new ModelArgument(applier, file.getValue(MODEL));
        }
        new CheckpointArgument.Converter().convert(text).open(request, loader);
        return of(applier, "checkpoint = " + ConfigUtil.quoteString(text));
    }

    private static ModelArgument of(ModelModifierApplier applier, String model) {
        return new ModelArgument(applier, ConfigFactory.parseString(model).root());
    }

    private static String object(String arguments) {
        String object = arguments.strip().startsWith("{") ? arguments : "{" + arguments + "}";
        try {
            ConfigFactory.parseString(object);
            return object;
        } catch (ConfigException malformed) {
            throw new CommandException(
                    ProblemCode.SYNTAX,
                    "--arguments: " + Printable.of(malformed.getMessage()),
                    "give them as '{ layers = 18 }'");
        }
    }

    /**
     * A run with modifiers.
     *
     * @param modifiers a list, as HOCON
     */
    FileRun run(String modifiers) {
        return applier.configuration(
                ConfigFactory.parseString("graft.modifiers = " + modifiers).withValue(MODEL, section));
    }
}
