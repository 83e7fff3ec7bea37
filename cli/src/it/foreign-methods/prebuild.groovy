def project = io.graft.cli.OutsideProject.at(basedir.toPath())
project.copy('examples/extension-loha', 'loha')
