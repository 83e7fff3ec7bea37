package io.graft.apply;

import java.util.List;

/** Options of a modifier that a program makes. */
record KeepingOptions(List<String> tensors, String token, boolean strict) {}
