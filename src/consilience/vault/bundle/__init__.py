"""The bundle: its format (docs/formats/bundle-format.md), and the verifier that travels in it."""
