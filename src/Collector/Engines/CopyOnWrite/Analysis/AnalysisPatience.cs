using System.Globalization;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Analysis;

/// <summary>
/// How long the analysing process may say nothing. The DAC was made for processes that were stopped by others; of one that was frozen in an
/// instant of its own it was seen to wait for ever for something that a copy never does, while the copy's pages cost the worker's group memory.
/// </summary>
/// <param name="beforeMarking">It starts, freezes the worker, reads types and roots: half a second, some seconds on a busy machine.</param>
/// <param name="whileMarking">Between two levels of the heap, the largest of which may be most of it: 20 million objects take a second.</param>
/// <param name="clock">Measures it.</param>
internal sealed class AnalysisPatience(TimeSpan beforeMarking, TimeSpan whileMarking, TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private long _heardAt = clock.GetTimestamp();
    private volatile bool _isMarking;
    private volatile bool _isOurTurn;

    /// <summary>What to say of a process that was silent for too long.</summary>
    public string Complaint =>
        string.Create(CultureInfo.InvariantCulture, $"the process that reads the frozen copy has said nothing for {Patience.TotalSeconds:N0} s and was ended");

    private TimeSpan Patience => _isMarking ? whileMarking : beforeMarking;

    public void Heard(AnalysisWord word)
    {
        _isMarking |= word.Objects is not null;
        Volatile.Write(ref _heardAt, clock.GetTimestamp());
    }

    /// <summary>While it waits for what we have to say the silence is ours.</summary>
    public async Task<T> ThinkAsync<T>(Task<T> answer)
    {
        _isOurTurn = true;
        try
        {
            return await answer;
        }
        finally
        {
            Volatile.Write(ref _heardAt, clock.GetTimestamp());
            _isOurTurn = false;
        }
    }

    /// <summary>False when it was silent for too long before it ended.</summary>
    public async Task<bool> WaitAsync(Task end)
    {
        while (await Task.WhenAny(end, Task.Delay(Interval, clock)) != end)
        {
            if (!_isOurTurn && clock.GetElapsedTime(Volatile.Read(ref _heardAt)) > Patience)
            {
                return false;
            }
        }

        await end;
        return true;
    }
}
