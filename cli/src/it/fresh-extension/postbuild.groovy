def project = io.graft.cli.extension.OutsideProject.at(basedir.toPath())
project.follow('docs/extending.md').printed('resetting .* resetting-1.0.0.jar .*')
project.holds('out/model.safetensors', 'decoder.data.bias', [0.5f] * 4)
