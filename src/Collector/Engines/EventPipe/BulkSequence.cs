namespace HeapDrift.Collector.Engines.EventPipe;

/// <summary>Bulk events are numbered from 0 within one walk; a number that does not come is an event that was dropped.</summary>
internal sealed class BulkSequence
{
    private long _seen;
    private long _highest = -1;

    public long Missing => _highest + 1 - _seen;

    public void Saw(long number)
    {
        _seen++;
        _highest = Math.Max(_highest, number);
    }
}
