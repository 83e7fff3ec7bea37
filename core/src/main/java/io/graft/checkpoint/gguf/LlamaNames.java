package io.graft.checkpoint.gguf;

import java.util.regex.Pattern;

/** Which tensors of its files llama.cpp packs, by their names: what its {@code tensor_allows_quantization} says of them. */
public final class LlamaNames {
    /** Routers, convolutions of state spaces, positions, kinds of tokens and other small matrices, which its operators take as numbers. */
    private static final Pattern NUMBERS = Pattern.compile("(position_embd|token_types)\\.weight"
            + "|.*(_norm\\.weight|ffn_gate_inp\\.weight|altup|laurel|per_layer_model_proj|ssm_conv1d|shortconv\\.conv\\.weight"
            + "|indexer\\.[kq]_proj\\.weight|time_mix_(first|w[0-2]|v[0-2]|a[0-2]|g[12]|decay_w[12]|lerp_fused)\\.weight"
            + "|attn_rel_b\\.weight|\\.position_embd|sam\\.(pos_embd|neck\\.|net_)|\\.rel_pos|\\.patch_(embd|merger)"
            + "|a\\.rvq\\.codebook|mm\\.a\\.code_embd).*");

    private LlamaNames() {}

    /** Whether a matrix of a name is packed. */
    public static boolean isPacked(String name) {
        return name.endsWith("weight") && !NUMBERS.matcher(name).matches();
    }
}
