"""Tunes a language model with (Q)LoRA, resumes exactly, and merges the adapter."""
