"""What a document says, and how it looks: a PDF is rendered from its resource when somebody asks for it."""
