using System.Text.Json;
using HeapDrift.Collector.Captures;

namespace HeapDrift.Collector.Alerts;

/// <summary>
/// Which alerts have been answered already. Senders repeat themselves: every repeat_interval, once per member of a cluster, and after every
/// change of the group. An alert is the same while its fingerprint and its start are. Remembered on disk,
/// so that a restarted agent does not answer them anew. Bounded; thread-safe.
/// </summary>
internal sealed class AlertInbox
{
    /// <summary>Hidden, beside the folders of the reports.</summary>
    public const string FileName = ".agent-alerts.json";

    /// <summary>An alert that fires longer than this may ask again: whoever was to look at it has not.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(1);

    private const int MostSeen = 10_000;

    private readonly Lock _lock = new();
    private readonly TimeProvider _clock;
    private readonly string _path;
    private readonly Action<string> _complain;
    private readonly Dictionary<(string Fingerprint, DateTimeOffset StartsAt), DateTimeOffset> _seen = [];
    private bool _hasChanged;

    /// <param name="folder">For the file.</param>
    /// <param name="clock">Tells how old what is remembered is.</param>
    /// <param name="complain">Told in a sentence when the file cannot be read or written.</param>
    public AlertInbox(string folder, TimeProvider clock, Action<string> complain)
    {
        _clock = clock;
        _path = Path.Join(folder, FileName);
        _complain = complain;
        foreach (SeenAlert alert in TryRead())
        {
            _seen[(alert.Fingerprint, alert.StartsAt)] = alert.SeenAt;
        }
    }

    /// <summary>True the first time.</summary>
    public bool TryTake(Alert alert)
    {
        lock (_lock)
        {
            Forget();
            bool isNew = _seen.TryAdd((alert.Fingerprint, alert.StartsAt), _clock.GetUtcNow());
            _hasChanged |= isNew;
            return isNew;
        }
    }

    /// <summary>Nothing came of it: the next repetition may try again.</summary>
    public void PutBack(Alert alert)
    {
        lock (_lock)
        {
            _seen.Remove((alert.Fingerprint, alert.StartsAt));
        }
    }

    /// <summary>Puts what was answered since the last time on disk.</summary>
    public void Save()
    {
        lock (_lock)
        {
            if (!_hasChanged)
            {
                return;
            }

            _hasChanged = false;
            SeenAlert[] seen = [.. _seen.OrderBy(alert => alert.Value).Select(alert => new SeenAlert(alert.Key.Fingerprint, alert.Key.StartsAt, alert.Value))];
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(_path))!);
                WholeFile.Write(_path, JsonSerializer.Serialize(seen, AlertJson.Readable.SeenAlertArray));
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
            {
                _complain($"{_path} cannot be written ({failed.Message}): after a restart the agent may answer an alert a second time");
            }
        }
    }

    private SeenAlert[] TryRead()
    {
        try
        {
            return File.Exists(_path) ? JsonSerializer.Deserialize(File.ReadAllText(_path), AlertJson.Readable.SeenAlertArray) ?? [] : [];
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or JsonException)
        {
            _complain($"{_path} cannot be read ({failed.Message}): the agent may answer an alert a second time");
            return [];
        }
    }

    private void Forget()
    {
        // What lies ahead was seen before the clock was set back, and would be remembered until it comes there again.
        (DateTimeOffset oldest, DateTimeOffset newest) = (_clock.GetUtcNow() - Remembered, _clock.GetUtcNow() + Remembered);
        if (_seen.Count < MostSeen && !_seen.Values.Any(at => at < oldest || at > newest))
        {
            return;
        }

        foreach (var key in _seen.OrderBy(alert => alert.Value).Where((alert, at) => alert.Value < oldest || alert.Value > newest || at <= _seen.Count - MostSeen).Select(alert => alert.Key).ToArray())
        {
            _seen.Remove(key);
        }
    }
}

/// <summary>An alert that was answered.</summary>
internal sealed record SeenAlert(string Fingerprint, DateTimeOffset StartsAt, DateTimeOffset SeenAt);
