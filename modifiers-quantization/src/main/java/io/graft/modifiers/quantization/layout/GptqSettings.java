package io.graft.modifiers.quantization.layout;

import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.checkpoint.layout.Part;
import io.graft.problem.Printable;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;

/**
 * What is said of codes of GPTQ beside them: in {@code config.json}, or in {@code quantize_config.json} of old repositories.
 *
 * @param says all of it
 */
record GptqSettings(Quantization quantization, Map<String, Object> says) {
    /** That of kernels is version 1. */
    private static final Set<String> FORMATS = Set.of(GptqLayout.LESS_ONE, GptqLayout.AS_THEY_ARE, "gemm");

    static GptqSettings of(ModelConfiguration configuration) {
        Quantization quantization = Quantization.of(configuration);
        Map<String, Object> says = quantization.says();
        if (says.isEmpty()) {
            says = configuration
                    .file()
                    .map(file -> ModelConfiguration.in(file.toAbsolutePath().getParent(), "quantize_config.json")
                            .values())
                    .orElse(says);
        }
        return new GptqSettings(quantization, says);
    }

    private Optional<Long> whole(String key) {
        return ModelConfiguration.whole(says, key);
    }

    private boolean is(String key, boolean value) {
        return says.get(key) instanceof Boolean flag && flag == value;
    }

    private String format() {
        return ModelConfiguration.text(says, GptqLayout.FORMAT)
                .or(() -> ModelConfiguration.text(says, "format"))
                .orElse(GptqLayout.LESS_ONE);
    }

    /** Holds what is said to codes whose shapes are those of GPTQ. */
    void requireGptq() throws Misfit {
        if (quantization.method().equals("awq")) {
            throw Misfit.ofConfiguration(
                    "is GPTQ by its shapes, with codes along the inputs, and config.json says that it is AWQ");
        }
        if (!FORMATS.contains(format())) {
            throw Misfit.unread(
                    "is stored in the format " + Printable.of(format()) + " of GPTQ, which Graft does not read");
        }
    }

    /** Bits of a code, by the number of inputs where that is known. */
    int bits(long words, Optional<Part> index) throws Misfit {
        Optional<Long> said = whole("bits").filter(bits -> !says.containsKey("dynamic"));
        if (index.isEmpty()) {
            return Math.toIntExact(whole("bits")
                    .filter(bits -> bits >= 2 && bits <= Byte.SIZE)
                    .orElseThrow(() -> Misfit.ofConfiguration(
                            "has neither a g_idx nor a configuration that says from 2 to 8 bits")));
        }
        long in = Math.max(1, index.get().shape().elementCount());
        long bits = words * Integer.SIZE / in;
        if (bits < 2 || bits > Byte.SIZE || Groups.count(in * bits, Integer.SIZE) != words) {
            throw Misfit.ofShape("has " + words + " words of codes for " + in
                    + " inputs, which is no whole number from 2 to 8 bits for each");
        }
        if (said.isPresent() && said.get() != bits) {
            throw Misfit.ofConfiguration(
                    "has codes of " + bits + " bits by its shapes, and the configuration says " + said.get());
        }
        return (int) bits;
    }

    Groups groups(Weight weight, Optional<Part> index, long groups, long in, Findings found) throws Misfit {
        long said = whole("group_size").orElse(0L);
        long size = said == -1 ? Math.max(in, 1) : said;
        if (size > 0 && Groups.count(in, size) != groups && !says.containsKey("dynamic")) {
            throw Misfit.ofConfiguration("has " + groups + " groups of scales, and the configuration's group_size of "
                    + said + " asks for " + Groups.count(in, size) + " over " + in + " inputs");
        }
        if (index.isPresent()) {
            return Groups.of(weight, index.get(), groups, in);
        }
        if (is("desc_act", true)) {
            throw Misfit.incomplete("has no g_idx, and desc_act says that groups are in no order");
        }
        found.note("a weight of GPTQ without g_idx has its groups in order, as desc_act is "
                + (is("desc_act", false) ? "false" : "not there"));
        return size > 0 ? Groups.of(size, in) : Groups.even(groups, in);
    }

    /**
     * How zero points are stored.
     *
     * @param areLessOne whether each is stored less one
     * @param areMiddle whether all are the middle of the codes
     */
    record Zeros(boolean areLessOne, boolean areMiddle) {}

    /** How the zero points of a weight are stored, by themselves and by what is said of them. */
    Zeros zeros(String name, Part zeros, int bits, long out, Findings found) {
        boolean isSaid = !format().equals(GptqLayout.AS_THEY_ARE);
        long most = (1L << bits) - 1;
        if (is(GptqLayout.SYMMETRIC, false)) {
            if (isSaid
                    && all(zeros, bits, out, zero -> zero != most)
                            .filter(never -> !never)
                            .isPresent()) {
                found.note("zero points of 0 are stored as all ones in version 1 of GPTQ, as in `" + name
                        + "`; AutoGPTQ spoilt the zero point beside one when it wrote it");
            }
            return new Zeros(isSaid, false);
        }
        long middle = 1L << (bits - 1);
        Optional<Boolean> isSecond = all(zeros, bits, out, zero -> zero == middle);
        Optional<Boolean> isFirst = all(zeros, bits, out, zero -> zero == middle - 1);
        if (isFirst.isEmpty() || isSecond.isEmpty()) {
            return new Zeros(isSaid, is(GptqLayout.SYMMETRIC, true));
        }
        if (isSaid ? isSecond.get() : isFirst.get()) {
            found.note("by the zero points the codes of GPTQ are of version " + (isSecond.get() ? 2 : 1)
                    + ", and by the configuration of version " + (isSaid ? 1 : 2) + ": the zero points count");
            return new Zeros(isFirst.get(), true);
        }
        return new Zeros(isSaid, isSaid ? isFirst.get() : isSecond.get());
    }

    /** Whether something holds for all zero points that are stored; empty if they are not looked at. */
    private static Optional<Boolean> all(Part zeros, int bits, long out, LongPredicate condition) {
        long row = zeros.shape().dimension(1);
        return Peek.wholes(zeros).filter(words -> words.length > 0).map(words -> {
            for (int at = 0; at < words.length; at += (int) row) {
                for (long field = 0; field < out; field++) {
                    int bit = (int) (field * bits);
                    int word = at + bit / Integer.SIZE;
                    long two = (words[word] & 0xffffffffL)
                            | (word + 1 < words.length ? words[word + 1] << Integer.SIZE : 0);
                    if (!condition.test((two >>> (bit % Integer.SIZE)) & ((1L << bits) - 1))) {
                        return false;
                    }
                }
            }
            return true;
        });
    }
}
