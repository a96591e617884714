using System.Collections.Concurrent;

namespace HeapDrift.Collector.Export;

/// <summary>
/// Events that are told while a capture goes on, each once and in the background. What the receiver does not take is not kept: the start of a
/// capture goes out with its report then. Thread-safe, for one sender.
/// </summary>
internal sealed class Announcements(ReportSender sender)
{
    /// <summary>More captures do not run and wait at once.</summary>
    private const int MostWaiting = 64;

    private readonly ConcurrentQueue<Announcement> _waiting = new();

    /// <summary>Captures whose report has not been sent, and whether the receiver knows that they started.</summary>
    private readonly ConcurrentDictionary<string, bool> _started = new(StringComparer.Ordinal);

    public void Add(Announcement announcement)
    {
        if (announcement.IsOfStart)
        {
            _started[announcement.CaptureId] = false;
        }

        if (_waiting.Count < MostWaiting)
        {
            _waiting.Enqueue(announcement);
        }
    }

    /// <summary>Sends what waits. After the first that is not taken the others are let go too: the receiver is not there.</summary>
    public async Task SendAsync()
    {
        bool isTaken = true;
        while (_waiting.TryDequeue(out Announcement? next))
        {
            if (isTaken && (!next.IsOfStart || _started.ContainsKey(next.CaptureId)))
            {
                isTaken = await sender.TellAsync(next) is null;
                if (isTaken && next.IsOfStart)
                {
                    _started.TryUpdate(next.CaptureId, true, comparisonValue: false);
                }
            }
        }
    }

    public bool IsStartTold(string captureId) => _started.GetValueOrDefault(captureId);

    /// <summary>The report of the capture is sent now, or there is none: nobody announces its start any more.</summary>
    /// <returns>Whether the receiver knows of it.</returns>
    public bool TakeStart(string captureId) => _started.TryRemove(captureId, out bool isTold) && isTold;
}
