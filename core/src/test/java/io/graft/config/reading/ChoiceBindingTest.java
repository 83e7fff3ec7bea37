package io.graft.config.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.config.decoding.Decoders;
import io.graft.problem.SourceRef;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChoiceBindingTest {
    private sealed interface Init {
        record Zeros() implements Init {}

        record Gaussian(double std) implements Init {}
    }

    private static final Binder<Init.Gaussian> GAUSSIAN = ChoiceBindingTest::gaussian;

    private static Bound<Init> bind(String hocon) {
        return Read.text(hocon)
                .ownedBy("modifier `lora`")
                .at("init")
                .<Init>choice("init-kind")
                .option("zeros", cursor -> cursor.object().finish(Init.Zeros::new))
                .option("gaussian", GAUSSIAN)
                .finish();
    }

    private static Bound<Init.Gaussian> gaussian(ConfigCursor cursor) {
        ObjectBinding object = cursor.object();
        Key<Double> std = object.key("std", Decoders.float64()).required();
        return object.finish(() -> new Init.Gaussian(std.get()));
    }

    private static List<String> problems(String hocon) {
        return bind(hocon).problems().stream()
                .map(problem -> "%s %s:%s %s; %s"
                        .formatted(
                                problem.code().id(),
                                problem.path(),
                                problem.at().map(SourceRef::line).orElse(0),
                                problem.message(),
                                problem.help()))
                .toList();
    }

    @Test
    void theTagChooses() {
        assertEquals(new Init.Zeros(), Read.value(bind("init { init-kind = zeros }")));
        assertEquals(new Init.Gaussian(0.5), Read.value(bind("init { init_kind = gaussian, std = 0.5 }")));
    }

    @Test
    void otherKeysBelongToTheKind() {
        assertEquals(
                List.of("unknown-key init.sdt:1 modifier `lora` has no key `sdt` in `init`; did you mean `std`?"),
                problems("init { init-kind = gaussian, sdt = 1 }"));
        assertEquals(
                List.of("unknown-key init.init_kind:2 modifier `lora` has no key `init_kind` in `init`; "),
                problems("init { init-kind = zeros\n init_kind = zeros }"));
    }

    @Test
    void withoutATag() {
        assertEquals(
                List.of("missing-tag init.init-kind:1 modifier `lora` needs the key `init-kind` in `init`; one of:"
                        + " zeros, gaussian; add it here"),
                problems("init { std = 1 }"));
        assertEquals(
                List.of("missing-tag init.init-kind:1 modifier `lora` needs the key `init-kind` in `init`; one of:"
                        + " zeros, gaussian; write `init-kind` for `initKind`"),
                problems("init { initKind = zeros }"));
    }

    @Test
    void withAnUnknownTag() {
        assertEquals(
                List.of("unknown-tag init.init-kind:2 expected one of: zeros, gaussian; closest is `gaussian`"),
                problems("init {\n init-kind = gausian, x = 1 }"));
    }

    @Test
    void withATagOfAnotherForm() {
        assertEquals(
                List.of("wrong-type init.init-kind:1 expected a text (one of: zeros, gaussian), found a list; "),
                problems("init { init-kind = [zeros] }"));
        assertEquals(
                List.of("null-not-allowed init.init-kind:1 expected a text (one of: zeros, gaussian), found null; "),
                problems("init { init-kind = null }"));
    }

    @Test
    void onlyAnObjectHasKinds() {
        assertEquals(
                List.of("wrong-type init:1 expected an object, found the text `zeros`; "), problems("init = zeros"));
    }
}
