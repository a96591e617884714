using Shop.Orders;

namespace Shop;

/// <summary>Which leaks are on in this process. Switching one off stops its growth; what has leaked stays.</summary>
internal sealed class LeakSwitches
{
    private readonly ILogger _log;
    private readonly bool[] _isOn;

    public LeakSwitches(IEnumerable<ILeak> leaks, IEnumerable<string> onFromTheStart, ILogger<LeakSwitches> log)
    {
        _log = log;
        All = [.. leaks];
        _isOn = new bool[All.Count];
        foreach (var kind in onFromTheStart)
        {
            TrySwitch(kind, on: true);
        }
    }

    public IReadOnlyList<ILeak> All { get; }

    public IEnumerable<LeakState> States => All.Select((leak, i) => new LeakState(leak.Kind, Volatile.Read(ref _isOn[i]), leak.Description));

    public LeakState? TrySwitch(string kind, bool on)
    {
        for (var i = 0; i < All.Count; i++)
        {
            if (All[i].Kind == kind)
            {
                Switch(i, on);
                return new LeakState(kind, on, All[i].Description);
            }
        }

        return null;
    }

    public void OrderPlaced(Order order, IServiceProvider requestServices)
    {
        for (var i = 0; i < All.Count; i++)
        {
            if (Volatile.Read(ref _isOn[i]))
            {
                All[i].OrderPlaced(order, requestServices);
            }
        }
    }

    private void Switch(int index, bool on)
    {
        if (Interlocked.Exchange(ref _isOn[index], on) == on)
        {
            return;
        }

        if (on)
        {
            Log.LeakOn(_log, All[index].Kind);
        }
        else
        {
            Log.LeakOff(_log, All[index].Kind);
        }
    }
}
