/**
 * Trains an encoder-processor-decoder on one data set, and a decoder for each of two others. Start reading at {@link
 * io.graft.examples.weather.Regions}.
 */
package io.graft.examples.weather;
