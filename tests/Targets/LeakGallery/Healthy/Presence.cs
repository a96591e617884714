using LeakGallery.Hosting;

namespace Social.Presence;

internal sealed record OnlineUser(int Number, byte[] Avatar);

/// <summary>Who has not been heard of for a while is no longer online.</summary>
internal sealed class Presence : IProgram
{
    private static readonly Dictionary<int, OnlineUser> Online = [];

    private readonly Queue<int> _lastSeen = new();

    public int RequestsPerSecond => 3000;

    public void Serve(int number)
    {
        Online[number] = new OnlineUser(number, new byte[1000]);
        _lastSeen.Enqueue(number);
        if (_lastSeen.Count > 1500)
        {
            Online.Remove(_lastSeen.Dequeue());
        }
    }
}
