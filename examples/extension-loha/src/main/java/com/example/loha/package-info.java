/**
 * LoHa, a method of adaptation: the weight plus a Hadamard product of two low-rank matrices.
 *
 * <p>Knows the draft and expressions; no file, no engine. Start reading at {@link com.example.loha.Loha}.
 */
package com.example.loha;
