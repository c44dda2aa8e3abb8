"""Bulk export jobs: an export is a saved query, its progress is the clock's, its files are streamed when asked for."""

from mock_athena.export.job import ExportJob
from mock_athena.export.kick_off import KickOff, parse_kick_off
from mock_athena.export.service import ExportService
from mock_athena.export.states import JobState
from mock_athena.export.streams import StreamSlots

__all__ = ["ExportJob", "ExportService", "JobState", "KickOff", "StreamSlots", "parse_kick_off"]
