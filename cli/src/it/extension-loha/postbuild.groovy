def project = io.graft.cli.extension.OutsideProject.at(basedir.toPath())
project.follow('examples/extension-loha/README.md').printed('.*loha.*')
// PEFT 0.21 merged the same adapter into the same weights.
project.holdsNearly('expected.safetensors', 'out/model.safetensors', 1e-6f)
