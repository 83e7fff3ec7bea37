package io.graft.processor.render;

import com.palantir.javapoet.CodeBlock;
import io.graft.processor.model.FormerKeyModel;
import io.graft.processor.model.KeyLife;
import io.graft.processor.model.Literal;
import io.graft.processor.model.PlugModel;
import io.graft.registry.PlugDescriptor.OptionDescriptor;
import java.util.List;
import java.util.stream.Stream;

/** Renders the descriptors of options: one for each key, those of nested records under their dotted path. */
final class OptionsDescriber {
    private OptionsDescriber() {}

    static List<CodeBlock> describe(PlugModel plug) {
        return OptionFacts.all(plug).stream().map(OptionsDescriber::descriptor).toList();
    }

    private static CodeBlock descriptor(OptionFacts option) {
        return CodeBlock.of(
                "$T.of(\n$>$>$S, $S, $S, $L,\n$S$L)$L$<$<",
                OptionDescriptor.class,
                option.path(),
                option.type(),
                option.defaultValue().orElse(""),
                option.required(),
                option.documentation(),
                option.constraints().stream()
                        .map(constraint -> CodeBlock.of(", $S", constraint))
                        .collect(CodeBlock.joining("")),
                life(option.life()));
    }

    private static CodeBlock life(KeyLife life) {
        CodeBlock.Builder calls = CodeBlock.builder();
        if (!life.aliases().isEmpty()) {
            calls.add("\n.withAliases($L)", texts(life.aliases().stream()));
        }
        if (!life.former().isEmpty()) {
            calls.add("\n.withFormerKeys($L)", texts(life.former().stream().map(FormerKeyModel::name)));
        }
        if (life.secret().isPresent()) {
            calls.add("\n.asSecret()");
        }
        return calls.build();
    }

    private static CodeBlock texts(Stream<Literal> literals) {
        return literals.map(literal -> CodeBlock.of("$S", literal.text())).collect(CodeBlock.joining(", "));
    }
}
