using LeakGallery.Hosting;

namespace Social.Avatars;

internal sealed record Avatar(int User, byte[] Pixels);

/// <summary>Holds avatars as long as the collector lets them, and forgets the names of those that went every second.</summary>
internal sealed class AvatarCache : IProgram
{
    private static readonly Dictionary<int, WeakReference<Avatar>> Avatars = [];

    public int RequestsPerSecond => 2000;

    public void Serve(int number)
    {
        Avatars[number] = new WeakReference<Avatar>(new Avatar(number, new byte[4000]));
        if (number % 2000 == 0)
        {
            foreach (var user in Avatars.Where(entry => !entry.Value.TryGetTarget(out _)).Select(entry => entry.Key).ToList())
            {
                Avatars.Remove(user);
            }
        }
    }
}
