namespace HeapDrift.Collector.Demo;

/// <summary>The demo could not go on; the message says why, for a person.</summary>
internal sealed class DemoException(string message) : Exception(message);
